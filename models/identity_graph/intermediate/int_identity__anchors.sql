{# One row per customer of now with its anchor, the earliest landed record that speaks of it, and
   the id that is made of it: a keyed digest, so that it needs no memory, survives a full
   refresh, shuffled rows and older records that arrive later, and says nothing of the person.
   No id of a person who was erased or purged is made again: who comes back begins another life
   of the anchor.
   Records that reach a known customer only through a cookie are never its anchor: the cookie may
   turn out to be shared. #}
with

resolved_signatures as (
    select * from {{ ref('int_identity__resolved_signatures') }}
),

signatures as (
    select
        signature_key,
        entity,
        source_name,
        first_source_record_id,
        record_count,
        first_batch_id,
        batch_id,
        first_seen_at,
        last_seen_at
    from {{ ref('int_identity__signatures') }}
),

node_customers as (
    select
        node_id,
        customer_node,
        is_known
    from {{ ref('int_identity__node_customers') }}
),

nodes as (
    select
        node_id,
        identifier_key
    from {{ ref('int_identity__nodes') }}
),

instance as (
    select customer_id_key
    from {{ source('landing', 'instance') }}
),

customer_kinds as (
    select
        customer_node,
        max(case when is_known then 1 else 0 end) = 1 as has_known_identifier
    from node_customers
    group by customer_node
),

records as (
    select
        resolved_signatures.customer_node,
        resolved_signatures.node_id,
        customer_kinds.has_known_identifier,
        signatures.*,
        -- An anchor is a record with the customer's own kind of identifier.
        case
            when customer_kinds.has_known_identifier = resolved_signatures.is_known then 0
            else 1
        end as anchor_class
    from resolved_signatures
    inner join signatures
        on resolved_signatures.signature_key = signatures.signature_key
    inner join customer_kinds
        on resolved_signatures.customer_node = customer_kinds.customer_node
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_node
            order by
                anchor_class asc,
                first_batch_id asc,
                -- An act may be read off events of its visitor: which one shows it, and so which
                -- batch, moves when earlier events land later.
                case entity when 'customers' then 0 when 'consents' then 2 else 1 end asc,
                entity asc,
                source_name asc,
                first_source_record_id asc
        ) as anchor_rank
    from records
),

grouped as (
    select
        customer_node,
        max(case when anchor_rank = 1 then node_id end) as anchor_node,
        max(case when anchor_rank = 1 then entity end) as anchor_entity,
        max(case when anchor_rank = 1 then source_name end) as anchor_source_name,
        max(case when anchor_rank = 1 then first_source_record_id end) as anchor_source_record_id,
        cast(sum(record_count) as bigint) as source_record_count,
        min(first_batch_id) as first_batch_id,
        max(batch_id) as batch_id,
        max(case when has_known_identifier then 1 else 0 end) = 0 as is_anonymous,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from ranked
    group by customer_node
),

tombstones as (
    select
        digest,
        request_id
    from {{ source('landing', 'tombstones') }}
),

-- An erasure or a purge ends one life of an anchor at most, so there are never more.
lives as (
    select row_number() over (order by request_id) as life
    from tombstones
    group by request_id
),

first_ids as (
    select
        grouped.customer_node,
        {{ make_customer_id(
            "grouped.anchor_entity || '|' || grouped.anchor_source_name || '|' "
            ~ "|| grouped.anchor_source_record_id"
        ) }}
            as customer_id
    from grouped
    cross join instance
),

ids as (
    select
        customer_node,
        0 as life,
        customer_id
    from first_ids
    union all
    select
        first_ids.customer_node,
        lives.life,
        {{ make_customer_id(
            "first_ids.customer_id || '|life|' || cast(lives.life as string)"
        ) }}
            as customer_id
    from first_ids
    inner join tombstones
        on {{ sha256_hex("'customer_id|' || first_ids.customer_id") }} = tombstones.digest
    cross join lives
    cross join instance
),

usable_ids as (
    select
        ids.customer_node,
        ids.customer_id,
        row_number() over (
            partition by ids.customer_node
            order by ids.life
        ) as id_rank
    from ids
    left join tombstones
        on {{ sha256_hex("'customer_id|' || ids.customer_id") }} = tombstones.digest
    where tombstones.digest is null
),

final as (
    select
        grouped.customer_node,
        nodes.identifier_key as anchor_identifier_key,
        usable_ids.customer_id as anchored_customer_id,
        grouped.anchor_entity,
        grouped.anchor_source_name,
        grouped.anchor_source_record_id,
        grouped.source_record_count,
        grouped.is_anonymous,
        grouped.first_seen_at,
        grouped.last_seen_at,
        grouped.first_batch_id,
        grouped.batch_id
    from grouped
    inner join nodes
        on grouped.anchor_node = nodes.node_id
    inner join usable_ids
        on
            grouped.customer_node = usable_ids.customer_node
            and usable_ids.id_rank = 1
)

select * from final
