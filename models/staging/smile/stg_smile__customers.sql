{# One row per landed row of smile.customer: a member, or a customer who
   may become one (state candidate), as a person record. There is no card: the id is its number. #}
with

customers as (
    select * from {{ source('smile', 'customer') }}
),

final as (
    select
        ---------- ids
        'smile' as source_name,
        'smile.customer' as source_table,
        cast(customers.id as string) as source_record_id,
        cast(customers.id as string) as loyalty_number,

        ---------- strings
        {{ normalize_name('customers.first_name') }} as given_name,
        {{ normalize_name('customers.last_name') }} as family_name,
        {{ person_name('customers.first_name', 'customers.last_name') }} as full_name,
        {{ normalize_email('customers.email') }} as email,
        {{ json_object([
            ('state', clean_text('customers.state')),
            ('vip_tier_id', 'cast(customers.vip_tier_id as string)'),
            ('points_balance', 'cast(customers.points_balance as string)'),
            ('birthday', 'substr(cast(customers.date_of_birth as string), 6, 5)'),
        ]) }} as attributes,

        ---------- dates
        -- the year 1004 stands for a birthday without its year
        case
            when customers.date_of_birth >= cast('1900-01-01' as date) then customers.date_of_birth
        end
            as birth_date,

        ---------- timestamps
        customers.created_at,
        coalesce(customers.updated_at, customers.created_at) as recorded_at,
        ---------- metadata
        {{ landing_columns('customers') }},
        {{ reject_reason([
            ('customers.id is null', 'null key'),
            (is_bad_time('coalesce(customers.updated_at, customers.created_at)'), 'bad time'),
        ]) }} as reject_reason,
        {{ row_as_json('customers') }} as payload
    from customers
)

select * from final
