{# One row per event in the life of the ids, append-only: 'issue' (an id was given out, with the
   record that it is anchored on), 'assign' (from here on an identifier stands for this customer,
   or for none), 'change' (a customer's identifiers went over to another one, with what caused
   it). A full refresh keeps it: ids that were published once must stay explained.

   An anonymous customer's id ends when a known customer turns out to be behind it. Any other id
   stays with what it stands for. Where that falls apart, it goes to the part that has most of the
   records that it was the first to stand for, or, where a decision parts them, to the part that
   has its anchor. A customer that several ids come to takes the one that was issued first; one that
   none comes to takes back the id that its records had before a merge, else that of its own
   anchor. So what was one for a while and is two again has the ids of before. #}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='fail',
    )
}}
-- depends_on: {{ ref('int_identity__links') }}
-- depends_on: {{ ref('int_identity__anonymous_links') }}
-- depends_on: {{ ref('int_identity__components') }}
-- depends_on: {{ ref('int_identity__joined_components') }}
-- depends_on: {{ ref('int_identity__breaches') }}
with

nodes as (
    select
        node_id,
        identifier_key,
        identifier_type,
        status
    from {{ ref('int_identity__nodes') }}
),

node_customers as (
    select
        node_id,
        customer_node
    from {{ ref('int_identity__node_customers') }}
),

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

landed as (
    select coalesce(max(batch_id), 0) as batch_id
    from anchors
),

identifiers as (
    select
        nodes.identifier_key,
        nodes.identifier_type,
        node_customers.customer_node
    from nodes
    inner join node_customers
        on nodes.node_id = node_customers.node_id
    inner join anchors
        on node_customers.customer_node = anchors.customer_node
),

{% if is_incremental() -%}
instance as (
    select customer_id_key
    from {{ source('landing', 'instance') }}
),

logged as (
    select * from {{ this }}
),

-- Time never runs backwards here, whatever as_of a build is given.
builds as (
    select
        coalesce(max(build), 0) + 1 as build,
        greatest({{ as_of() }}, coalesce(max(changed_at), {{ as_of() }})) as changed_at
    from logged
),

issued as (
    select
        customer_id,
        anchor_identifier_key,
        anchor_entity,
        anchor_source_name,
        anchor_source_record_id,
        is_anonymous,
        build,
        batch_id
    from logged
    where entry_type = 'issue'
),

ranked_assignments as (
    select
        identifier_key,
        identifier_type,
        customer_id,
        row_number() over (
            partition by identifier_key
            order by build desc
        ) as assignment_rank,
        row_number() over (
            partition by identifier_key
            order by build asc
        ) as first_rank
    from logged
    where entry_type = 'assign'
),

assigned as (
    select
        identifier_key,
        identifier_type,
        customer_id
    from ranked_assignments
    where
        assignment_rank = 1
        and customer_id is not null
),

divided as (
    select components.component as customer_node
    from {{ ref('int_identity__components') }} as components
    inner join {{ ref('int_identity__joined_components') }} as joined_components
        on components.node = joined_components.node
    inner join {{ ref('int_identity__breaches') }} as breaches
        on joined_components.component = breaches.component
    where breaches.is_decision
    group by components.component
),

-- own: what the id was the first to stand for, and not what came to it by a merge.
shares as (
    select
        ranked_assignments.customer_id,
        identifiers.customer_node,
        max(case when ranked_assignments.assignment_rank = 1 then 1 else 0 end) = 1 as is_current,
        sum(
            case
                when
                    ranked_assignments.first_rank = 1
                    and identifiers.identifier_type = 'customer_record'
                    then 1
                else 0
            end
        ) as own_record_count,
        sum(case when ranked_assignments.first_rank = 1 then 1 else 0 end) as own_identifier_count,
        sum(
            case
                when
                    ranked_assignments.assignment_rank = 1
                    and identifiers.identifier_type = 'customer_record'
                    then 1
                else 0
            end
        ) as record_count,
        sum(case when ranked_assignments.assignment_rank = 1 then 1 else 0 end) as identifier_count
    from ranked_assignments
    inner join identifiers
        on ranked_assignments.identifier_key = identifiers.identifier_key
    where
        ranked_assignments.customer_id is not null
        and (ranked_assignments.assignment_rank = 1 or ranked_assignments.first_rank = 1)
    group by
        ranked_assignments.customer_id,
        identifiers.customer_node
),

-- Where the id would go: it leaves what it stands for only when nothing of that is left.
ranked_shares as (
    select
        shares.customer_id,
        shares.customer_node,
        shares.is_current,
        row_number() over (
            partition by shares.customer_id
            order by
                case when shares.is_current then 0 else 1 end asc,
                case
                    when divided.customer_node is null or anchored.customer_node is null then 0
                    else 1
                end desc,
                shares.own_record_count desc,
                shares.own_identifier_count desc,
                shares.record_count desc,
                shares.identifier_count desc,
                case when anchored.customer_node is null then 0 else 1 end desc,
                anchors.anchored_customer_id asc
        ) as share_rank
    from shares
    inner join issued
        on shares.customer_id = issued.customer_id
    inner join anchors
        on
            shares.customer_node = anchors.customer_node
            and (anchors.is_anonymous or not issued.is_anonymous)
    left join divided
        on shares.customer_node = divided.customer_node
    left join identifiers as anchored
        on
            issued.anchor_identifier_key = anchored.identifier_key
            and shares.customer_node = anchored.customer_node
),

claims as (
    select
        ranked_shares.customer_node,
        ranked_shares.customer_id,
        row_number() over (
            partition by ranked_shares.customer_node
            order by
                case when ranked_shares.is_current then 0 else 1 end asc,
                issued.batch_id asc,
                issued.build asc,
                case when issued.anchor_entity = 'customers' then 0 else 1 end asc,
                issued.anchor_entity asc,
                issued.anchor_source_name asc,
                issued.anchor_source_record_id asc,
                ranked_shares.customer_id asc
        ) as claim_rank
    from ranked_shares
    inner join issued
        on ranked_shares.customer_id = issued.customer_id
    where ranked_shares.share_rank = 1
),

inherited as (
    select
        customer_node,
        customer_id
    from claims
    where claim_rank = 1
),

-- The id of the own anchor may be in use elsewhere: the larger part of a split took it along.
newcomers as (
    select
        anchors.customer_node,
        case
            when in_use.customer_id is null then anchors.anchored_customer_id
            else
                {{ make_customer_id(
                    "anchors.anchored_customer_id || '|' || cast(builds.build as string)"
                ) }}
        end as customer_id
    from anchors
    left join inherited
        on anchors.customer_node = inherited.customer_node
    left join inherited as in_use
        on anchors.anchored_customer_id = in_use.customer_id
    cross join builds
    cross join instance
    where inherited.customer_id is null
),

{% else -%}
builds as (
    select
        cast(1 as bigint) as build,
        {{ as_of() }} as changed_at
),

assigned as (
    select
        cast(null as string) as identifier_key,
        cast(null as string) as identifier_type,
        cast(null as string) as customer_id
    where false
),

issued as (
    select cast(null as string) as customer_id
    where false
),

inherited as (
    select
        cast(null as bigint) as customer_node,
        cast(null as string) as customer_id
    where false
),

newcomers as (
    select
        customer_node,
        anchored_customer_id as customer_id
    from anchors
),

{% endif -%}
current_customers as (
    select * from inherited
    union all
    select * from newcomers
),

issues as (
    select
        newcomers.customer_id,
        anchors.anchor_identifier_key,
        anchors.anchor_entity,
        anchors.anchor_source_name,
        anchors.anchor_source_record_id,
        anchors.is_anonymous
    from newcomers
    inner join anchors
        on newcomers.customer_node = anchors.customer_node
    left join issued
        on newcomers.customer_id = issued.customer_id
    where issued.customer_id is null
),

current_identifiers as (
    select
        identifiers.identifier_key,
        identifiers.identifier_type,
        current_customers.customer_id
    from identifiers
    inner join current_customers
        on identifiers.customer_node = current_customers.customer_node
),

moves as (
    select
        coalesce(current_identifiers.identifier_key, assigned.identifier_key) as identifier_key,
        coalesce(current_identifiers.identifier_type, assigned.identifier_type) as identifier_type,
        assigned.customer_id as old_customer_id,
        current_identifiers.customer_id
    from current_identifiers
    full join assigned
        on current_identifiers.identifier_key = assigned.identifier_key
    where
        coalesce(current_identifiers.customer_id, '') <> coalesce(assigned.customer_id, '')
),

{% if is_incremental() -%}
links as (
    select
        nodes_a.identifier_key as identifier_key_a,
        nodes_b.identifier_key as identifier_key_b,
        links.rule,
        links.strength,
        links.entity,
        links.source_name,
        links.first_source_record_id,
        links.first_batch_id
    from {{ ref('int_identity__links') }} as links
    inner join nodes as nodes_a
        on links.node_a = nodes_a.node_id
    inner join nodes as nodes_b
        on links.node_b = nodes_b.node_id
    union all
    select
        nodes_a.identifier_key as identifier_key_a,
        nodes_b.identifier_key as identifier_key_b,
        links.rule,
        links.strength,
        links.entity,
        links.source_name,
        links.first_source_record_id,
        links.first_batch_id
    from {{ ref('int_identity__anonymous_links') }} as links
    inner join nodes as nodes_a
        on links.node_a = nodes_a.node_id
    inner join nodes as nodes_b
        on links.node_b = nodes_b.node_id
),

transitions as (
    select
        old_customer_id,
        customer_id as new_customer_id,
        sum(case when identifier_type = 'customer_record' then 1 else 0 end) as record_count,
        count(*) as identifier_count
    from moves
    where
        old_customer_id is not null
        and customer_id is not null
    group by
        old_customer_id,
        customer_id
),

remaining as (
    select customer_id
    from current_identifiers
    group by customer_id
),

-- What joined them: the newest link between what moved and what did not stand for the old customer.
link_ends as (
    select
        identifier_key_a as identifier_key,
        identifier_key_b as other_identifier_key,
        links.*
    from links
    union all
    select
        identifier_key_b as identifier_key,
        identifier_key_a as other_identifier_key,
        links.*
    from links
),

joining_links as (
    select
        moves.old_customer_id,
        moves.customer_id as new_customer_id,
        link_ends.rule,
        link_ends.entity,
        link_ends.source_name,
        link_ends.first_source_record_id,
        row_number() over (
            partition by
                moves.old_customer_id,
                moves.customer_id
            order by
                link_ends.first_batch_id desc,
                link_ends.strength desc,
                link_ends.source_name asc,
                link_ends.first_source_record_id asc,
                link_ends.rule asc
        ) as link_rank
    from moves
    inner join link_ends
        on moves.identifier_key = link_ends.identifier_key
    inner join current_identifiers as others
        on
            link_ends.other_identifier_key = others.identifier_key
            and moves.customer_id = others.customer_id
    left join assigned
        on link_ends.other_identifier_key = assigned.identifier_key
    where
        moves.old_customer_id is not null
        and coalesce(assigned.customer_id, '') <> moves.old_customer_id
),

-- What parted them: an identifier of the old customer that links nobody any more, or a decision or
-- limit that its component breaks.
lost_identifiers as (
    select
        assigned.customer_id as old_customer_id,
        min(coalesce(nodes.status, 'gone') || ' ' || assigned.identifier_type) as rule
    from assigned
    left join nodes
        on assigned.identifier_key = nodes.identifier_key
    where
        assigned.identifier_type not in ('customer_record', 'order_id')
        and coalesce(nodes.status, 'gone') <> 'linking'
    group by assigned.customer_id
),

broken_rules as (
    select
        assigned.customer_id as old_customer_id,
        min(breaches.rule) as rule
    from {{ ref('int_identity__breaches') }} as breaches
    inner join {{ ref('int_identity__joined_components') }} as joined_components
        on breaches.component = joined_components.component
    inner join nodes
        on joined_components.node = nodes.node_id
    inner join assigned
        on nodes.identifier_key = assigned.identifier_key
    group by assigned.customer_id
),

changes as (
    select
        transitions.old_customer_id,
        transitions.new_customer_id,
        transitions.record_count,
        transitions.identifier_count,
        case when remaining.customer_id is null then 'merge' else 'split' end as change_kind,
        case
            when remaining.customer_id is null then coalesce(joining_links.rule, 'rules')
            else coalesce(broken_rules.rule, lost_identifiers.rule, joining_links.rule, 'record')
        end as rule,
        case when remaining.customer_id is null then joining_links.entity end as entity,
        case when remaining.customer_id is null then joining_links.source_name end as source_name,
        case when remaining.customer_id is null then joining_links.first_source_record_id end
            as source_record_id
    from transitions
    left join remaining
        on transitions.old_customer_id = remaining.customer_id
    left join joining_links
        on
            transitions.old_customer_id = joining_links.old_customer_id
            and transitions.new_customer_id = joining_links.new_customer_id
            and joining_links.link_rank = 1
    left join broken_rules
        on transitions.old_customer_id = broken_rules.old_customer_id
    left join lost_identifiers
        on transitions.old_customer_id = lost_identifiers.old_customer_id
),

{% endif -%}
events as (
    select
        'issue' as entry_type,
        customer_id,
        cast(null as string) as old_customer_id,
        cast(null as string) as identifier_key,
        cast(null as string) as identifier_type,
        anchor_identifier_key,
        anchor_entity,
        anchor_source_name,
        anchor_source_record_id,
        is_anonymous,
        cast(null as string) as change_kind,
        cast(null as string) as rule,
        cast(null as bigint) as record_count,
        cast(null as bigint) as identifier_count
    from issues
    union all
    select
        'assign' as entry_type,
        customer_id,
        old_customer_id,
        identifier_key,
        identifier_type,
        cast(null as string) as anchor_identifier_key,
        cast(null as string) as anchor_entity,
        cast(null as string) as anchor_source_name,
        cast(null as string) as anchor_source_record_id,
        cast(null as boolean) as is_anonymous,
        cast(null as string) as change_kind,
        cast(null as string) as rule,
        cast(null as bigint) as record_count,
        cast(null as bigint) as identifier_count
    from moves
    {%- if is_incremental() %}
    union all
    select
        'change' as entry_type,
        new_customer_id as customer_id,
        old_customer_id,
        cast(null as string) as identifier_key,
        cast(null as string) as identifier_type,
        cast(null as string) as anchor_identifier_key,
        entity as anchor_entity,
        source_name as anchor_source_name,
        source_record_id as anchor_source_record_id,
        cast(null as boolean) as is_anonymous,
        change_kind,
        rule,
        cast(record_count as bigint) as record_count,
        cast(identifier_count as bigint) as identifier_count
    from changes
    {%- endif %}
),

final as (
    select
        events.entry_type,
        events.customer_id,
        events.old_customer_id,
        events.identifier_key,
        events.identifier_type,
        events.anchor_identifier_key,
        events.anchor_entity,
        events.anchor_source_name,
        events.anchor_source_record_id,
        events.is_anonymous,
        events.change_kind,
        events.rule,
        events.record_count,
        events.identifier_count,
        cast(builds.build as bigint) as build,
        cast(landed.batch_id as bigint) as batch_id,
        builds.changed_at
    from events
    cross join builds
    cross join landed
)

select * from final
