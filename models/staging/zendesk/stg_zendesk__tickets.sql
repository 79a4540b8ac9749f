{# One row per landed row of zendesk.ticket: a service case, before its comments, ratings and merges
   are put to it. The desk has no field for the reason: it is read from the subject, then from the
   type of the ticket. #}
with

tickets as (
    select * from {{ source('zendesk', 'ticket') }}
),

final as (
    select
        ---------- ids
        'zendesk' as source_name,
        'zendesk.ticket' as source_table,
        cast(tickets.id as string) as source_record_id,
        cast(tickets.id as string) as contact_id,
        cast(tickets.requester_id as string) as customer_record_id,
        {{ clean_text('tickets.external_id') }} as order_id,
        cast(tickets.assignee_id as string) as employee_id,
        -- a JSON list of ids, brought to ids separated by commas
        nullif(
            {{ regex_replace('cast(tickets.merged_ticket_ids as string)', '[^0-9,]+', '') }}, ''
        ) as merged_contact_ids,
        ---------- strings
        -- who wrote or called, where the channel has an address or a number
        {{ normalize_email('tickets.via_source_from_address') }} as email,
        {{ normalize_phone('tickets.via_source_from_address') }} as phone,
        {{ map_values('tickets.via_channel', {
            'voice': 'phone',
            'phone': 'phone',
            'phone call': 'phone',
            'email': 'email',
            'chat': 'chat',
            'native_messaging': 'chat',
            'whatsapp': 'chat',
            'sms': 'sms',
            'twitter': 'social',
            'facebook': 'social',
            'instagram_dm': 'social',
            'mobile': 'app',
            'mobile_sdk': 'app',
        }, otherwise="'web'") }} as channel,
        -- agents open tickets too, on behalf of somebody or to reach out
        case when tickets.submitter_id = tickets.requester_id then 'inbound' end as direction,
        case
            when
                {{ regex_matches(
                    'lower(tickets.subject)', 'return|refund|exchange|devol|reembols'
                ) }}
                then 'return'
            when
                {{ regex_matches(
                    'lower(tickets.subject)',
                    'complain|broken|damaged|defect|queja|reclam|roto|rota'
                ) }}
                then 'complaint'
            when
                {{ regex_matches(
                    'lower(tickets.subject)',
                    'deliver|shipping|shipment|parcel|entrega|env[ií]o|paquete|no llega'
                ) }}
                then 'delivery'
            when lower(tickets.type) in ('problem', 'incident') then 'complaint'
            when lower(tickets.type) = 'question' then 'question'
            else 'other'
        end as reason,
        coalesce(lower({{ clean_text('tickets.priority') }}), 'normal') as priority,
        case
            when lower(tickets.status) in ('solved', 'closed', 'deleted') then 'closed'
            else 'open'
        end as status,
        {{ clean_text('tickets.subject') }} as subject,
        {{ clean_text('tickets.description') }} as description,
        ---------- numbers
        {{ zendesk_score('tickets.satisfaction_score') }} as satisfaction_score,
        ---------- timestamps
        tickets.created_at as opened_at,
        case
            when lower(tickets.status) in ('solved', 'closed', 'deleted')
                then coalesce(tickets.solved_at, tickets.updated_at)
        end as closed_at,
        coalesce(tickets.updated_at, tickets.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('tickets') }},
        {{ reject_reason([
            ('tickets.id is null', 'null key'),
            (is_bad_time('tickets.created_at'), 'bad time'),
            (is_bad_time('coalesce(tickets.updated_at, tickets.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('tickets') }} as payload
    from tickets
)

select * from final
