{# A till line is sold or taken back, a receipt is an order or only gives back: of every accepted
   key the split entities hold exactly one record between them. The accounting looks at the
   undivided view and would not see a row that both halves leave out. #}
with

stg_pos__receipts as (
    select
        source_record_id,
        max(case when receipt_type <> 'return' then 1 else 0 end) as is_order
    from {{ ref('stg_pos__receipts') }}
    where reject_reason is null
    group by source_record_id
),

stg_pos__receipt_lines as (
    select source_record_id
    from {{ ref('stg_pos__receipt_lines') }}
    where reject_reason is null
    group by source_record_id
),

harmonized_rows as (
    select
        'order' as entity,
        source_record_id
    from {{ ref('harmonized_orders') }}
    where source_name = 'pos'
    union all
    select
        'line' as entity,
        source_record_id
    from {{ ref('harmonized_order_lines') }}
    where source_name = 'pos'
    union all
    select
        'line' as entity,
        source_record_id
    from {{ ref('harmonized_returns') }}
    where source_name = 'pos'
),

expected as (
    select
        'order' as entity,
        source_record_id
    from stg_pos__receipts
    where is_order = 1
    union all
    select
        'line' as entity,
        source_record_id
    from stg_pos__receipt_lines
),

held as (
    select
        entity,
        source_record_id,
        count(*) as row_count
    from harmonized_rows
    group by
        entity,
        source_record_id
)

select
    expected.entity,
    expected.source_record_id,
    held.row_count
from expected
left join held
    on
        expected.entity = held.entity
        and expected.source_record_id = held.source_record_id
where coalesce(held.row_count, 0) <> 1
