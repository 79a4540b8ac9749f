{# One row per order line of which something came back. A return names its line by the line's
   id, else by variant or product: then it is laid on the first such line of the order. #}
with

unified_returns as (
    select
        source_name,
        source_record_id,
        order_source_name,
        order_id,
        line_id,
        product_id,
        variant_id,
        quantity,
        amount
    from {{ ref('unified_returns') }}
    where order_source_name is not null
),

unified_order_lines as (
    select
        source_name,
        source_record_id,
        order_id,
        line_id,
        product_id,
        variant_id
    from {{ ref('unified_order_lines') }}
),

matches as (
    select
        unified_order_lines.source_name as line_source_name,
        unified_order_lines.source_record_id as line_source_record_id,
        unified_returns.quantity,
        unified_returns.amount,
        row_number() over (
            partition by unified_returns.source_name, unified_returns.source_record_id
            order by
                case
                    when unified_returns.line_id = unified_order_lines.line_id then 0
                    when unified_returns.variant_id = unified_order_lines.variant_id then 1
                    else 2
                end,
                unified_order_lines.line_id nulls last,
                unified_order_lines.source_record_id
        ) as match_rank
    from unified_returns
    inner join unified_order_lines
        on
            unified_returns.order_source_name = unified_order_lines.source_name
            and unified_returns.order_id = unified_order_lines.order_id
    where
        unified_returns.line_id = unified_order_lines.line_id
        or unified_returns.variant_id = unified_order_lines.variant_id
        or unified_returns.product_id = unified_order_lines.product_id
),

final as (
    select
        line_source_name,
        line_source_record_id,
        cast(sum(coalesce(quantity, 0)) as bigint) as returned_quantity,
        cast(sum(coalesce(amount, 0)) as decimal(18, 2)) as returned_amount
    from matches
    where match_rank = 1
    group by
        line_source_name,
        line_source_record_id
)

select * from final
