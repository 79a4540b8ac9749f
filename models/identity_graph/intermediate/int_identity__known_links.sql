{# One row per pair of known identifiers that evidence ties together, with the evidence. #}
with

signature_nodes as (
    select * from {{ ref('int_identity__signature_nodes') }}
    where
        is_known
        and not is_shared
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

nodes as (
    select
        node_id,
        identifier_type,
        identifier_value,
        status,
        is_known,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id
    from {{ ref('int_identity__nodes') }}
),

rules as (
    select
        identifier_type,
        link_bits
    from {{ ref('int_identity__rules') }}
),

value_persons as (
    select * from {{ ref('int_identity__value_persons') }}
),

person_pairs as (
    select * from {{ ref('int_identity__person_pairs') }}
),

customers as (
    select
        source_name,
        source_record_id,
        merged_into_record_id,
        recorded_at,
        first_batch_id,
        batch_id
    from {{ ref('harmonized_customers') }}
    where merged_into_record_id is not null
),

overrides as (
    select * from {{ ref('identity_overrides') }}
    where
        action = 'must_link'
        and coalesce(valid_from, {{ as_of() }}) <= {{ as_of() }}
        and (valid_to is null or valid_to > {{ as_of() }})
),

-- The strongest identifier of a record is the centre; the others are tied to it.
centred as (
    select
        signature_key,
        node_id,
        priority,
        link_bits,
        first_value(node_id) over (
            partition by signature_key
            order by priority, node_id
        ) as centre_id
    from signature_nodes
),

same_record as (
    select
        centred.centre_id as node_one,
        centred.node_id as node_other,
        'same_record' as rule,
        1000 * centred.link_bits as strength,
        signatures.entity,
        signatures.source_name,
        signatures.first_source_record_id,
        signatures.record_count,
        signatures.first_seen_at,
        signatures.last_seen_at,
        signatures.first_batch_id,
        signatures.batch_id
    from centred
    inner join signatures
        on centred.signature_key = signatures.signature_key
    where
        centred.centre_id <> centred.node_id
        and centred.priority > 1  -- two person records are tied by a merge, below
),

shared_values as (
    select
        identifier_type,
        identifier_value
    from nodes
    where status = 'shared'
),

-- Behind a shared value, only records that speak of one person are tied, to one another.
shared_persons as (
    select value_persons.*
    from value_persons
    inner join shared_values
        on
            value_persons.identifier_type = shared_values.identifier_type
            and value_persons.identifier_value = shared_values.identifier_value
    where value_persons.given_name is not null
),

same_person as (
    select
        hub_record as record_one,
        customer_record as record_other,
        identifier_type,
        record_count,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id
    from shared_persons
    where hub_record <> customer_record
),

agreeing_pairs as (
    select
        person_pairs.identifier_type,
        person_pairs.identifier_value,
        person_pairs.hub_record_one,
        person_pairs.hub_record_other,
        person_pairs.birth_date_one is null or person_pairs.birth_date_other is null as is_undated,
        case
            when person_pairs.birth_date_one is null then person_pairs.hub_record_one
            else person_pairs.hub_record_other
        end as undated_record,
        case
            when person_pairs.birth_date_one is null then person_pairs.hub_record_other
            else person_pairs.hub_record_one
        end as dated_record
    from person_pairs
    inner join shared_values
        on
            person_pairs.identifier_type = shared_values.identifier_type
            and person_pairs.identifier_value = shared_values.identifier_value
    where
        not person_pairs.is_conflict
        and person_pairs.given_name_one <> ''
        and person_pairs.given_name_other <> ''
),

-- A record without birth date that fits two people who differ is nobody's.
ambiguous as (
    select
        one.identifier_type,
        one.identifier_value,
        one.undated_record
    from agreeing_pairs as one
    inner join agreeing_pairs as other
        on
            one.identifier_type = other.identifier_type
            and one.identifier_value = other.identifier_value
            and one.undated_record = other.undated_record
    inner join person_pairs
        on
            one.identifier_type = person_pairs.identifier_type
            and one.identifier_value = person_pairs.identifier_value
            and one.dated_record = person_pairs.hub_record_one
            and other.dated_record = person_pairs.hub_record_other
    where
        one.is_undated
        and other.is_undated
        and person_pairs.is_conflict
    group by
        one.identifier_type,
        one.identifier_value,
        one.undated_record
),

agreeing_persons as (
    select
        agreeing_pairs.hub_record_one as record_one,
        agreeing_pairs.hub_record_other as record_other,
        agreeing_pairs.identifier_type,
        shared_persons.record_count,
        shared_persons.first_seen_at,
        shared_persons.last_seen_at,
        shared_persons.first_batch_id,
        shared_persons.batch_id
    from agreeing_pairs
    inner join shared_persons
        on
            agreeing_pairs.identifier_type = shared_persons.identifier_type
            and agreeing_pairs.identifier_value = shared_persons.identifier_value
            and agreeing_pairs.hub_record_other = shared_persons.customer_record
    left join ambiguous
        on
            agreeing_pairs.identifier_type = ambiguous.identifier_type
            and agreeing_pairs.identifier_value = ambiguous.identifier_value
            and agreeing_pairs.undated_record = ambiguous.undated_record
            and agreeing_pairs.is_undated
    where ambiguous.undated_record is null
),

person_links as (
    select * from same_person
    union all
    select * from agreeing_persons
),

told_merges as (
    select
        source_name || '|' || source_record_id as record_one,
        source_name || '|' || merged_into_record_id as record_other,
        source_name,
        source_record_id,
        recorded_at,
        first_batch_id,
        batch_id
    from customers
),

record_nodes as (
    select
        node_id,
        identifier_value as customer_record
    from nodes
    where
        identifier_type = 'customer_record'
        and status = 'linking'
),

between_records as (
    select
        nodes_one.node_id as node_one,
        nodes_other.node_id as node_other,
        'shared_' || person_links.identifier_type || '_same_person' as rule,
        1000 * rules.link_bits as strength,
        'customers' as entity,
        substring(person_links.record_other, 1, position('|' in person_links.record_other) - 1)
            as source_name,
        substring(person_links.record_other, position('|' in person_links.record_other) + 1)
            as first_source_record_id,
        person_links.record_count,
        person_links.first_seen_at,
        person_links.last_seen_at,
        person_links.first_batch_id,
        person_links.batch_id
    from person_links
    inner join rules
        on person_links.identifier_type = rules.identifier_type
    inner join record_nodes as nodes_one
        on person_links.record_one = nodes_one.customer_record
    inner join record_nodes as nodes_other
        on person_links.record_other = nodes_other.customer_record
),

connector_merges as (
    select
        nodes_one.node_id as node_one,
        nodes_other.node_id as node_other,
        'connector_merge' as rule,
        80000 as strength,
        'customers' as entity,
        told_merges.source_name,
        told_merges.source_record_id as first_source_record_id,
        cast(1 as bigint) as record_count,
        told_merges.recorded_at as first_seen_at,
        told_merges.recorded_at as last_seen_at,
        told_merges.first_batch_id,
        told_merges.batch_id
    from told_merges
    inner join record_nodes as nodes_one
        on told_merges.record_one = nodes_one.customer_record
    inner join record_nodes as nodes_other
        on told_merges.record_other = nodes_other.customer_record
),

-- A decision links even what the rules would not.
must_links as (
    select
        nodes_a.node_id as node_one,
        nodes_b.node_id as node_other,
        'must_link' as rule,
        1000000 as strength,
        'identity_overrides' as entity,
        overrides.owner as source_name,
        overrides.override_id as first_source_record_id,
        cast(1 as bigint) as record_count,
        greatest(nodes_a.first_seen_at, nodes_b.first_seen_at) as first_seen_at,
        greatest(nodes_a.last_seen_at, nodes_b.last_seen_at) as last_seen_at,
        greatest(nodes_a.first_batch_id, nodes_b.first_batch_id) as first_batch_id,
        greatest(nodes_a.batch_id, nodes_b.batch_id) as batch_id
    from overrides
    inner join nodes as nodes_a
        on
            overrides.identifier_type_a = nodes_a.identifier_type
            and overrides.identifier_value_a = nodes_a.identifier_value
    inner join nodes as nodes_b
        on
            overrides.identifier_type_b = nodes_b.identifier_type
            and overrides.identifier_value_b = nodes_b.identifier_value
    where
        nodes_a.is_known
        and nodes_b.is_known
        and nodes_a.status in ('linking', 'shared')
        and nodes_b.status in ('linking', 'shared')
),

evidence as (
    select * from same_record
    union all
    select * from between_records
    union all
    select * from connector_merges
    union all
    select * from must_links
),

ranked as (
    select
        least(node_one, node_other) as node_a,
        greatest(node_one, node_other) as node_b,
        rule,
        strength,
        entity,
        source_name,
        first_source_record_id,
        record_count,
        first_seen_at,
        last_seen_at,
        first_batch_id,
        batch_id,
        row_number() over (
            partition by
                least(node_one, node_other),
                greatest(node_one, node_other)
            order by
                strength desc,
                first_batch_id asc,
                first_seen_at asc nulls last,
                rule asc,
                entity asc,
                source_name asc,
                first_source_record_id asc
        ) as evidence_rank
    from evidence
),

final as (
    select
        node_a,
        node_b,
        max(case when evidence_rank = 1 then rule end) as rule,
        cast(max(strength) as bigint) as strength,
        max(case when evidence_rank = 1 then entity end) as entity,
        max(case when evidence_rank = 1 then source_name end) as source_name,
        max(case when evidence_rank = 1 then first_source_record_id end) as first_source_record_id,
        cast(sum(record_count) as bigint) as record_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min(first_batch_id) as first_batch_id,
        max(batch_id) as batch_id
    from ranked
    group by
        node_a,
        node_b
)

select * from final
