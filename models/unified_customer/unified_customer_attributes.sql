{{ config(materialized='table') }}

{# One row per customer and golden attribute: the value that survived, where it came from and
   why. Attributes of one group (a name, an address) come from one record, so that no person is
   given the street of one home and the city of another. #}
with

int_customer__attribute_values as (
    select * from {{ ref('int_customer__attribute_values') }}
),

survivorship_rules as (
    select
        attribute,
        attribute_group,
        rule,
        min_filled
    from {{ ref('survivorship_rules') }}
),

source_priorities as (
    select
        source_name,
        attribute_group,
        priority
    from {{ ref('source_priorities') }}
),

ruled_values as (
    select
        int_customer__attribute_values.customer_id,
        int_customer__attribute_values.source_name,
        int_customer__attribute_values.source_record_id,
        int_customer__attribute_values.attribute,
        survivorship_rules.attribute_group,
        survivorship_rules.rule,
        survivorship_rules.min_filled,
        int_customer__attribute_values.value,
        int_customer__attribute_values.comparable_value,
        int_customer__attribute_values.is_superseded,
        int_customer__attribute_values.recorded_at
    from int_customer__attribute_values
    inner join survivorship_rules
        on int_customer__attribute_values.attribute = survivorship_rules.attribute
),

-- A candidate is what one record says about one group of attributes.
candidates as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute_group,
        rule,
        min_filled,
        is_superseded,
        recorded_at,
        count(*) as filled_count,
        sum(case when value in (upper(value), lower(value)) then 1 else 0 end) as uncased_count,
        {{ list_to_text(
            sorted_distinct_list("attribute || '=' || comparable_value", "rule = 'most_frequent'"),
            '|'
        ) }} as group_text
    from ruled_values
    group by
        customer_id,
        source_name,
        source_record_id,
        attribute_group,
        rule,
        min_filled,
        is_superseded,
        recorded_at
),

weighed_candidates as (
    select
        candidates.customer_id,
        candidates.source_name,
        candidates.source_record_id,
        candidates.attribute_group,
        candidates.is_superseded,
        candidates.recorded_at,
        candidates.filled_count,
        candidates.filled_count < candidates.min_filled as is_thin,
        -- A source that the seed does not name comes after those that it names.
        coalesce(group_priorities.priority, any_priorities.priority, 1000) as priority,
        case candidates.rule
            when 'most_frequent'
                then -count(*) over (
                    partition by
                        candidates.customer_id,
                        candidates.attribute_group,
                        candidates.group_text
                )
            when 'source_priority'
                then coalesce(group_priorities.priority, any_priorities.priority, 1000)
            when 'most_complete' then -candidates.filled_count
            else 0
        end as rule_order,
        -- Between spellings that are equally frequent but for case, ANA RUIZ gives way to Ana Ruiz.
        case candidates.rule when 'most_frequent' then candidates.uncased_count else 0 end
            as case_order
    from candidates
    left join source_priorities as group_priorities
        on
            candidates.source_name = group_priorities.source_name
            and candidates.attribute_group = group_priorities.attribute_group
    left join source_priorities as any_priorities
        on
            candidates.source_name = any_priorities.source_name
            and any_priorities.attribute_group = '*'
),

-- Deleted and merged records, then thin ones, only win when there is nothing better.
ranked_candidates as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute_group,
        row_number() over (
            partition by customer_id, attribute_group
            order by
                is_superseded asc,
                is_thin asc,
                rule_order asc,
                case_order asc,
                recorded_at desc nulls last,
                priority asc,
                filled_count desc,
                source_name asc,
                source_record_id asc
        ) as candidate_rank
    from weighed_candidates
),

winners as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute_group
    from ranked_candidates
    where candidate_rank = 1
),

spreads as (
    select
        customer_id,
        attribute,
        min(comparable_value) as first_value,
        max(comparable_value) as last_value
    from int_customer__attribute_values
    group by
        customer_id,
        attribute
),

-- A shorter form is no disagreement: Ruiz and Ruiz Soler, Main Street 1 and Main Street 1 3rd
-- floor. Of values that extend each other word by word the longest sorts last, so each is compared
-- with it.
conflicts as (
    select
        int_customer__attribute_values.customer_id,
        int_customer__attribute_values.attribute
    from int_customer__attribute_values
    inner join spreads
        on
            int_customer__attribute_values.customer_id = spreads.customer_id
            and int_customer__attribute_values.attribute = spreads.attribute
    where
        spreads.first_value <> spreads.last_value
        and int_customer__attribute_values.comparable_value <> spreads.last_value
        and int_customer__attribute_values.comparable_value || ' '
        <> left(
            spreads.last_value, length(int_customer__attribute_values.comparable_value) + 1
        )
    group by
        int_customer__attribute_values.customer_id,
        int_customer__attribute_values.attribute
),

final as (
    select
        ruled_values.customer_id,
        ruled_values.attribute,
        ruled_values.value,
        ruled_values.source_name,
        ruled_values.source_record_id,
        ruled_values.rule,
        conflicts.customer_id is not null as is_conflicting,
        ruled_values.recorded_at
    from ruled_values
    inner join winners
        on
            ruled_values.customer_id = winners.customer_id
            and ruled_values.attribute_group = winners.attribute_group
            and ruled_values.source_name = winners.source_name
            and ruled_values.source_record_id = winners.source_record_id
    left join conflicts
        on
            ruled_values.customer_id = conflicts.customer_id
            and ruled_values.attribute = conflicts.attribute
)

select * from final
