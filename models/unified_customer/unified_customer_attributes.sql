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
        sum(case when lower(value) <> comparable_value then 1 else 0 end) as accented_count,
        sum(
            length(comparable_value) - length(replace(comparable_value, ' ', '')) + 1
        ) as word_count,
        {{ list_to_text(
            sorted_distinct_list(
                "attribute || '=' || comparable_value",
                "rule in ('most_frequent', 'most_frequent_first_word')"
            ),
            '|'
        ) }} as group_text,
        {{ list_to_text(
            sorted_distinct_list(
                "attribute || '=' || split_part(comparable_value, ' ', 1)",
                "rule = 'most_frequent_first_word'"
            ),
            '|'
        ) }} as first_words
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

counted_candidates as (
    select
        customer_id,
        source_name,
        source_record_id,
        attribute_group,
        rule,
        min_filled,
        is_superseded,
        recorded_at,
        filled_count,
        uncased_count,
        accented_count,
        word_count,
        count(*) over (partition by customer_id, attribute_group, group_text) as text_count,
        count(*) over (partition by customer_id, attribute_group, first_words)
            as first_words_count
    from candidates
),

weighed_candidates as (
    select
        counted_candidates.customer_id,
        counted_candidates.source_name,
        counted_candidates.source_record_id,
        counted_candidates.attribute_group,
        counted_candidates.is_superseded,
        counted_candidates.recorded_at,
        counted_candidates.filled_count,
        counted_candidates.filled_count < counted_candidates.min_filled as is_thin,
        -- A source that the seed does not name comes after those that it names.
        coalesce(group_priorities.priority, any_priorities.priority, 1000) as priority,
        case counted_candidates.rule
            when 'most_frequent' then -counted_candidates.text_count
            when 'most_frequent_first_word' then -counted_candidates.first_words_count
            when 'source_priority'
                then coalesce(group_priorities.priority, any_priorities.priority, 1000)
            when 'most_complete' then -counted_candidates.filled_count
            else 0
        end as rule_order,
        -- Ruiz and Ruiz Soler are counted together, then Ruiz Soler says more.
        case counted_candidates.rule
            when 'most_frequent_first_word' then -counted_candidates.word_count
            else 0
        end as form_order,
        case counted_candidates.rule
            when 'most_frequent_first_word' then -counted_candidates.text_count
            else 0
        end as text_order,
        -- Of one text in several spellings, SOFIA gives way to Sofia and Sofia to Sofía.
        case
            when counted_candidates.rule in ('most_frequent', 'most_frequent_first_word')
                then counted_candidates.uncased_count
            else 0
        end as case_order,
        case
            when counted_candidates.rule in ('most_frequent', 'most_frequent_first_word')
                then -counted_candidates.accented_count
            else 0
        end as accent_order
    from counted_candidates
    left join source_priorities as group_priorities
        on
            counted_candidates.source_name = group_priorities.source_name
            and counted_candidates.attribute_group = group_priorities.attribute_group
    left join source_priorities as any_priorities
        on
            counted_candidates.source_name = any_priorities.source_name
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
                form_order asc,
                text_order asc,
                case_order asc,
                accent_order asc,
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
