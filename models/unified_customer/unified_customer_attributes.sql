{{ config(materialized='table') }}

{# One row per customer and golden attribute: the value that survived, where it came from and
   why. Attributes of one group (a name, an address) come from one record, so that no person is
   given the street of one home and the city of another; a correction by hand stands above all
   rules until it expires. #}
with

int_customer__attribute_values as (
    select * from {{ ref('int_customer__attribute_values') }}
    where reject_reason is null
),

int_customer__records as (
    select
        customer_id,
        source_name,
        source_record_id
    from {{ ref('int_customer__records') }}
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

attribute_corrections as (
    select
        correction_id,
        source_name,
        source_record_id,
        attribute,
        value,
        owner,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to
    from {{ ref('attribute_corrections') }}
    where
        valid_from <= {{ as_of() }}
        and valid_to > {{ as_of() }}
),

attributes as (
    {%- for attribute in customer_attributes() %}
    select '{{ attribute }}' as attribute
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- An attribute without a rule of its own goes by the rule of *, alone.
attribute_rules as (
    select
        attributes.attribute,
        coalesce(own_rules.attribute_group, attributes.attribute) as attribute_group,
        coalesce(own_rules.rule, default_rules.rule) as rule,
        coalesce(own_rules.min_filled, default_rules.min_filled) as min_filled
    from attributes
    left join survivorship_rules as own_rules
        on attributes.attribute = own_rules.attribute
    left join survivorship_rules as default_rules
        on default_rules.attribute = '*'
),

ruled_values as (
    select
        int_customer__attribute_values.customer_id,
        int_customer__attribute_values.source_name,
        int_customer__attribute_values.source_record_id,
        int_customer__attribute_values.attribute,
        attribute_rules.attribute_group,
        attribute_rules.rule,
        attribute_rules.min_filled,
        int_customer__attribute_values.value,
        int_customer__attribute_values.comparable_value,
        int_customer__attribute_values.sort_value,
        int_customer__attribute_values.is_superseded,
        int_customer__attribute_values.recorded_at
    from int_customer__attribute_values
    inner join attribute_rules
        on int_customer__attribute_values.attribute = attribute_rules.attribute
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
        sum(length(value)) as total_length,
        min(sort_value) as sort_value,
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
        total_length,
        sort_value,
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
            when 'longest' then -counted_candidates.total_length
            else 0
        end as rule_order,
        case when counted_candidates.rule = 'minimum' then counted_candidates.sort_value end
            as low_order,
        case when counted_candidates.rule = 'maximum' then counted_candidates.sort_value end
            as high_order,
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
        *,
        row_number() over best_first as candidate_rank,
        {%- for criterion in [
            'is_superseded', 'is_thin', 'rule_order', 'low_order', 'high_order', 'form_order',
            'text_order', 'case_order', 'accent_order', 'recorded_at', 'priority', 'filled_count',
        ] %}
        lead({{ criterion }}) over best_first as next_{{ criterion }},
        {%- endfor %}
        lead(source_record_id) over best_first as next_record_id
    from weighed_candidates
    window
        best_first as (
            partition by customer_id, attribute_group
            order by
                is_superseded asc,
                is_thin asc,
                rule_order asc,
                low_order asc nulls last,
                high_order desc nulls last,
                form_order asc,
                text_order asc,
                case_order asc,
                accent_order asc,
                recorded_at desc nulls last,
                priority asc,
                filled_count desc,
                source_name asc,
                source_record_id asc
        )
),

ranked_values as (
    select
        ruled_values.customer_id,
        ruled_values.attribute,
        ruled_values.value,
        ruled_values.comparable_value,
        ruled_values.source_name,
        ruled_values.source_record_id,
        ruled_values.rule,
        ranked_candidates.candidate_rank,
        -- The first criterion by which the winner and the next one differ.
        case
            when ranked_candidates.next_record_id is null then 'only_candidate'
            when ranked_candidates.is_superseded <> ranked_candidates.next_is_superseded
                then 'live_record'
            when ranked_candidates.is_thin <> ranked_candidates.next_is_thin then 'fuller_record'
            when
                ranked_candidates.rule_order <> ranked_candidates.next_rule_order
                or coalesce(ranked_candidates.low_order, '')
                <> coalesce(ranked_candidates.next_low_order, '')
                or coalesce(ranked_candidates.high_order, '')
                <> coalesce(ranked_candidates.next_high_order, '')
                then 'rule'
            when
                ranked_candidates.form_order <> ranked_candidates.next_form_order
                or ranked_candidates.text_order <> ranked_candidates.next_text_order
                or ranked_candidates.case_order <> ranked_candidates.next_case_order
                or ranked_candidates.accent_order <> ranked_candidates.next_accent_order
                then 'better_form'
            when
                coalesce(ranked_candidates.recorded_at, cast('1900-01-01' as timestamp))
                <> coalesce(ranked_candidates.next_recorded_at, cast('1900-01-01' as timestamp))
                then 'more_recent'
            when ranked_candidates.priority <> ranked_candidates.next_priority
                then 'source_priority'
            when ranked_candidates.filled_count <> ranked_candidates.next_filled_count
                then 'more_complete'
            else 'record_key'
        end as decided_by,
        ruled_values.recorded_at
    from ruled_values
    inner join ranked_candidates
        on
            ruled_values.customer_id = ranked_candidates.customer_id
            and ruled_values.attribute_group = ranked_candidates.attribute_group
            and ruled_values.source_name = ranked_candidates.source_name
            and ruled_values.source_record_id = ranked_candidates.source_record_id
),

surviving_values as (
    select *
    from ranked_values
    where candidate_rank = 1
),

-- The best record that says something else.
ranked_runners_up as (
    select
        ranked_values.customer_id,
        ranked_values.attribute,
        ranked_values.value,
        ranked_values.source_name,
        ranked_values.source_record_id,
        row_number() over (
            partition by ranked_values.customer_id, ranked_values.attribute
            order by ranked_values.candidate_rank asc
        ) as runner_up_rank
    from ranked_values
    inner join surviving_values
        on
            ranked_values.customer_id = surviving_values.customer_id
            and ranked_values.attribute = surviving_values.attribute
            and ranked_values.comparable_value <> surviving_values.comparable_value
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

-- Of two corrections of one customer, as after a merge, the later one stands.
ranked_corrections as (
    select
        int_customer__records.customer_id,
        attribute_corrections.source_name,
        attribute_corrections.source_record_id,
        attribute_corrections.attribute,
        attribute_corrections.value,
        attribute_corrections.owner,
        attribute_corrections.valid_from,
        attribute_corrections.valid_to,
        row_number() over (
            partition by int_customer__records.customer_id, attribute_corrections.attribute
            order by attribute_corrections.valid_from desc, attribute_corrections.correction_id asc
        ) as correction_rank
    from attribute_corrections
    inner join int_customer__records
        on
            attribute_corrections.source_name = int_customer__records.source_name
            and attribute_corrections.source_record_id = int_customer__records.source_record_id
),

corrections as (
    select *
    from ranked_corrections
    where correction_rank = 1
),

golden_values as (
    select
        surviving_values.customer_id,
        surviving_values.attribute,
        surviving_values.value,
        surviving_values.source_name,
        surviving_values.source_record_id,
        surviving_values.rule,
        surviving_values.decided_by,
        ranked_runners_up.value as runner_up_value,
        ranked_runners_up.source_name as runner_up_source_name,
        ranked_runners_up.source_record_id as runner_up_record_id,
        cast(null as string) as corrected_by,
        surviving_values.recorded_at,
        cast(null as timestamp) as correction_ends_at
    from surviving_values
    left join corrections
        on
            surviving_values.customer_id = corrections.customer_id
            and surviving_values.attribute = corrections.attribute
    left join ranked_runners_up
        on
            surviving_values.customer_id = ranked_runners_up.customer_id
            and surviving_values.attribute = ranked_runners_up.attribute
            and ranked_runners_up.runner_up_rank = 1
    where corrections.customer_id is null

    union all

    select
        corrections.customer_id,
        corrections.attribute,
        corrections.value,
        corrections.source_name,
        corrections.source_record_id,
        'manual_correction' as rule,
        'manual_correction' as decided_by,
        surviving_values.value as runner_up_value,
        surviving_values.source_name as runner_up_source_name,
        surviving_values.source_record_id as runner_up_record_id,
        corrections.owner as corrected_by,
        corrections.valid_from as recorded_at,
        corrections.valid_to as correction_ends_at
    from corrections
    left join surviving_values
        on
            corrections.customer_id = surviving_values.customer_id
            and corrections.attribute = surviving_values.attribute
    -- A correction to nothing takes the value away.
    where corrections.value is not null
),

final as (
    select
        golden_values.customer_id,
        golden_values.attribute,
        golden_values.value,
        golden_values.source_name,
        golden_values.source_record_id,
        golden_values.rule,
        golden_values.decided_by,
        golden_values.runner_up_value,
        golden_values.runner_up_source_name,
        golden_values.runner_up_record_id,
        golden_values.corrected_by,
        {{ days_between('golden_values.recorded_at', as_of()) }} as value_age_days,
        conflicts.customer_id is not null as is_conflicting,
        golden_values.recorded_at,
        golden_values.correction_ends_at
    from golden_values
    left join conflicts
        on
            golden_values.customer_id = conflicts.customer_id
            and golden_values.attribute = conflicts.attribute
)

select * from final
