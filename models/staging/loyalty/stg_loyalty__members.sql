{# One row per landed row of a member, as a person record. The card number is the key: merges name
   it. #}
with

members as (
    select * from {{ source('loyalty', 'members') }}
),

final as (
    select
        ---------- ids
        'loyalty' as source_name,
        'loyalty.members' as source_table,
        {{ clean_id('members.loyalty_number') }} as source_record_id,
        {{ clean_id('members.loyalty_number') }} as loyalty_number,
        {{ clean_text('members.merged_into_loyalty_number') }} as merged_into_record_id,

        ---------- strings
        {{ normalize_name('members.first_name') }} as given_name,
        {{ normalize_name('members.last_name') }} as family_name,
        {{ map_values(clean_text('members.gender'), {
            'f': 'female',
            'female': 'female',
            'm': 'male',
            'male': 'male',
            'o': 'other',
            'x': 'other',
            'other': 'other',
            'unknown': 'unknown',
        }) }} as gender,
        {{ normalize_email('members.email') }} as email,
        {{ normalize_phone('members.phone', clean_text('members.country_code')) }} as phone,
        {{ clean_text('members.address') }} as address_line,
        {{ normalize_postal_code('members.postal_code', clean_text('members.country_code')) }}
            as postal_code,
        {{ normalize_name('members.city') }} as city,
        {{ normalize_country_code('members.country_code') }} as country_code,
        lower(left({{ clean_text('members.language') }}, 2)) as language,
        {{ json_object([
            ('member_id', clean_text('members.member_id')),
            ('status', clean_text('members.status')),
        ]) }} as attributes,
        {{ rejected_values([
            ('given_name', 'members.first_name', normalize_name('members.first_name')),
            ('family_name', 'members.last_name', normalize_name('members.last_name')),
            ('email', 'members.email', normalize_email('members.email')),
            (
                'phone',
                'members.phone',
                normalize_phone('members.phone', clean_text('members.country_code')),
            ),
            (
                'postal_code',
                'members.postal_code',
                normalize_postal_code('members.postal_code', clean_text('members.country_code')),
            ),
            (
                'country_code',
                'members.country_code',
                normalize_country_code('members.country_code'),
            ),
        ]) }} as rejected_values,

        ---------- booleans
        coalesce(lower({{ clean_text('members.status') }}) in ('deleted', 'erased'), false)
            as is_deleted,
        members.is_employee,

        ---------- dates
        -- the first day of 1900 is what forms store for "not given"
        case when members.birth_date > cast('1900-01-01' as date) then members.birth_date end
            as birth_date,

        ---------- timestamps
        members.enrolled_at as created_at,

        ---------- metadata
        coalesce(members.updated_at, members.enrolled_at) as recorded_at,
        {{ landing_columns('members') }},
        {{ reject_reason([
            (clean_id('members.loyalty_number') ~ ' is null', 'null key'),
            (is_bad_time('coalesce(members.updated_at, members.enrolled_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('members') }} as payload
    from members
)

select * from final
