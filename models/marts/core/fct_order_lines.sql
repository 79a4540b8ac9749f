{# One row per order line, with what came back of it. #}
with

unified_order_lines as (
    select * from {{ ref('unified_order_lines') }}
),

unified_products as (
    select
        product_id,
        category,
        brand
    from {{ ref('unified_products') }}
),

int_core__line_returns as (
    select * from {{ ref('int_core__line_returns') }}
),

measured_lines as (
    select
        unified_order_lines.source_name || '|' || unified_order_lines.source_record_id
            as order_line_key,
        unified_order_lines.source_name || '|' || unified_order_lines.order_id as order_key,
        unified_order_lines.customer_id,
        unified_order_lines.source_name,
        unified_order_lines.order_id,
        unified_order_lines.line_id,
        unified_order_lines.product_id,
        unified_order_lines.variant_id,
        unified_order_lines.sku,
        unified_products.category,
        unified_products.brand,
        unified_order_lines.channel,
        unified_order_lines.store_id,
        unified_order_lines.currency,
        coalesce(unified_order_lines.quantity, 0) as quantity,
        coalesce(int_core__line_returns.returned_quantity, 0) as returned_quantity,
        unified_order_lines.unit_price,
        unified_order_lines.list_price,
        cast(
            round(unified_order_lines.quantity * unified_order_lines.unit_price, 2)
            as decimal(18, 2)
        ) as gross_amount,
        coalesce(unified_order_lines.discount, 0) as discount_amount,
        unified_order_lines.tax as tax_amount,
        unified_order_lines.total,
        coalesce(int_core__line_returns.returned_amount, 0) as returned_amount,
        unified_order_lines.is_gift_card,
        unified_order_lines.is_kept,
        unified_order_lines.ordered_at
    from unified_order_lines
    left join unified_products
        on unified_order_lines.product_id = unified_products.product_id
    left join int_core__line_returns
        on
            unified_order_lines.source_name = int_core__line_returns.line_source_name
            and unified_order_lines.source_record_id = int_core__line_returns.line_source_record_id
),

final as (
    select
        order_line_key,
        order_key,
        customer_id,
        source_name,
        order_id,
        line_id,
        product_id,
        variant_id,
        sku,
        category,
        brand,
        channel,
        store_id,
        currency,
        cast(quantity as bigint) as quantity,
        -- More cannot come back than was sold: the surplus is somebody's slip at the returns desk.
        cast(least(returned_quantity, greatest(quantity, 0)) as bigint) as returned_quantity,
        cast(quantity - least(returned_quantity, greatest(quantity, 0)) as bigint)
            as kept_quantity,
        cast(unit_price as decimal(18, 4)) as unit_price,
        cast(list_price as decimal(18, 4)) as list_price,
        cast(coalesce(gross_amount, total + discount_amount, 0) as decimal(18, 2)) as gross_amount,
        cast(discount_amount as decimal(18, 2)) as discount_amount,
        cast(coalesce(total, gross_amount - discount_amount, 0) as decimal(18, 2)) as total_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount,
        cast(returned_amount as decimal(18, 2)) as returned_amount,
        -- What was kept, by units: amounts given back include tax, which few sources state by line.
        case
            when least(returned_quantity, quantity) > 0
                then {{ mean_amount(
                    '(coalesce(total, gross_amount - discount_amount, 0)'
                    ~ ' * (quantity - least(returned_quantity, quantity)))',
                    'quantity'
                ) }}
            else cast(coalesce(total, gross_amount - discount_amount, 0) as decimal(18, 2))
        end as net_amount,
        (
            discount_amount = 0
            and coalesce(unit_price, 0) > 0
            and unit_price >= coalesce(list_price, unit_price)
        ) as is_full_price,
        is_gift_card,
        is_kept,
        cast({{ utc_to_local('ordered_at', "'" ~ var('reporting_timezone') ~ "'") }} as date)
            as order_date,
        ordered_at
    from measured_lines
)

select * from final
