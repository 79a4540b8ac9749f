{# One row per source record that can belong to a person, with the identifier that it is resolved
   by. #}
with

resolved_signatures as (
    select
        signature_key,
        node_id,
        customer_node
    from {{ ref('int_identity__resolved_signatures') }}
),

nodes as (
    select
        node_id,
        identifier_key
    from {{ ref('int_identity__nodes') }}
),

customers as (
    select
        customer_node,
        customer_id
    from {{ ref('int_identity__customers') }}
),

signature_customers as (
    select
        resolved_signatures.signature_key,
        nodes.identifier_key,
        customers.customer_id
    from resolved_signatures
    inner join nodes
        on resolved_signatures.node_id = nodes.node_id
    inner join customers
        on resolved_signatures.customer_node = customers.customer_node
),

order_customers as (
    select * from {{ ref('int_identity__order_customers') }}
),

{% for entity in person_entities() -%}
{{ entity }}_records as (
    {{ identity_records(entity, ref('harmonized_' ~ entity), ref('harmonized_identifiers')) }}
),

{% endfor -%}
records as (
    {%- for entity in person_entities() %}
    select
        '{{ entity }}' as entity,
        source_name,
        source_record_id,
        signature_key,
        order_id,
        batch_id,
        seen_at,
        recorded_at
    from {{ entity }}_records
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        records.source_name,
        records.entity,
        records.source_record_id,
        coalesce(signature_customers.identifier_key, order_customers.identifier_key)
            as identifier_key,
        coalesce(signature_customers.customer_id, order_customers.customer_id) as customer_id,
        records.batch_id,
        records.seen_at,
        records.recorded_at
    from records
    left join signature_customers
        on records.signature_key = signature_customers.signature_key
    left join order_customers
        on
            records.order_id = order_customers.order_id
            and signature_customers.customer_id is null
)

select * from final
