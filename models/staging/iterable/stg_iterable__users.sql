{# One row per landed row of iterable.user_history: a state of a profile. The e-mail address is the
   key, and a user who changes it goes on under another key; int_iterable__customers ties both
   together. #}
with

user_history as (
    select * from {{ source('iterable', 'user_history') }}
),

final as (
    select
        ---------- ids
        'iterable' as source_name,
        'iterable.user_history' as source_table,
        coalesce(
            {{ iterable_user_key('user_history.email') }},
            'user-' || {{ clean_id('user_history.user_id') }}
        ) as source_record_id,
        {{ clean_text('user_history._fivetran_id') }} as user_hash,
        coalesce(
            {{ clean_text('user_history.iterable_user_id') }},
            {{ clean_id('user_history.user_id') }}
        ) as person_key,
        {{ clean_id('user_history.user_id') }} as user_id,
        ---------- strings
        {{ normalize_name('user_history.first_name') }} as given_name,
        {{ normalize_name('user_history.last_name') }} as family_name,
        {{ person_name('user_history.first_name', 'user_history.last_name') }} as full_name,
        {{ normalize_email('user_history.email') }} as email,
        {{ normalize_phone(
            'user_history.phone_number', clean_text('user_history.phone_number_country_code_iso')
        ) }} as phone,
        -- of the phone, as the connector knows no address
        {{ normalize_country_code('user_history.phone_number_country_code_iso') }} as country_code,
        {{ json_object([
            ('signup_source', clean_text('user_history.signup_source')),
            ('email_list_ids', clean_text('user_history.email_list_ids')),
            ('additional_properties', clean_text('user_history.additional_properties')),
        ]) }} as attributes,
        {{ rejected_values([
            ('given_name', 'user_history.first_name', normalize_name('user_history.first_name')),
            ('family_name', 'user_history.last_name', normalize_name('user_history.last_name')),
            ('email', 'user_history.email', normalize_email('user_history.email')),
            (
                'phone',
                'user_history.phone_number',
                normalize_phone(
                    'user_history.phone_number',
                    clean_text('user_history.phone_number_country_code_iso'),
                ),
            ),
        ]) }} as rejected_values,
        ---------- timestamps
        user_history.signup_date as created_at,
        user_history.updated_at as recorded_at,
        ---------- metadata
        {{ landing_columns('user_history') }},
        {{ reject_reason([
            (
                clean_id('user_history.email') ~ ' is null and '
                ~ clean_id('user_history.user_id') ~ ' is null',
                'null key'
            ),
            (is_bad_time('user_history.updated_at'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('user_history') }} as payload
    from user_history
)

select * from final
