{# One row per variant and site: the last count by now. #}
with

harmonized_stock as (
    select * from {{ ref('harmonized_stock') }}
),

ranked_counts as (
    select
        source_name,
        source_table,
        source_record_id,
        variant_id,
        product_id,
        site_id,
        on_hand,
        available_to_promise,
        preorder_open,
        restock_date,
        observed_at,
        recorded_at,
        landed_at,
        batch_id,
        row_number() over (
            partition by variant_id, site_id
            order by
                observed_at desc,
                recorded_at desc nulls last,
                source_name asc,
                source_record_id asc
        ) as count_rank
    from harmonized_stock
    where observed_at <= {{ as_of() }}
),

final as (
    select
        source_name,
        source_table,
        source_record_id,
        variant_id,
        product_id,
        site_id,
        on_hand,
        available_to_promise,
        preorder_open,
        restock_date,
        observed_at,
        recorded_at,
        landed_at,
        batch_id
    from ranked_counts
    where count_rank = 1
)

select * from final
