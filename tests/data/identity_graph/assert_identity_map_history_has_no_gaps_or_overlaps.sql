-- Spans of an identifier follow one another without overlap, each but the last has an end, and what
-- holds now is the map.
with

spans as (
    select
        identifier_key,
        customer_id,
        valid_from,
        valid_to,
        is_current,
        lead(valid_from) over (
            partition by identifier_key
            order by valid_from
        ) as next_valid_from
    from {{ ref('identity_map_history') }}
),

identity_map as (
    select
        identifier_key,
        customer_id
    from {{ ref('identity_map') }}
    where identifier_type <> 'order_id'
),

current_spans as (
    select
        identifier_key,
        customer_id
    from spans
    where is_current
),

final as (
    select identifier_key
    from spans
    where
        valid_to > next_valid_from
        or (next_valid_from is not null and (valid_to is null or is_current))
        or (is_current and valid_to is not null)
    union all
    select coalesce(identity_map.identifier_key, current_spans.identifier_key) as identifier_key
    from identity_map
    full join current_spans
        on identity_map.identifier_key = current_spans.identifier_key
    where
        coalesce(identity_map.customer_id, '') <> coalesce(current_spans.customer_id, '')
)

select * from final
