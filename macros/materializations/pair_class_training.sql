{#- Materialisation pair_class_training: learns what pairs of records of one person look like, and what pairs look
    like that are not one person but agree on much (a household, namesakes), by expectation maximisation over
    the combinations of levels (Fellegi and Sunter with more than one kind of non-match). Everything works on
    counts of combinations, so its cost does not grow with the number of pairs.

    The model's SQL yields the rows of int_identity__training_rows. Probabilities
    without a weight are fixed, those of the class 'strangers' among them: they come from sampled pairs. Shares are of all pairs of persons, compared or not, so what blocking
    brings together does not look more alike than it is.
    The table that results has pair_class, attribute, agreement_level, bits (log2 of the probability, to four places);
    it stays as it is where the var matching_learns says so. -#}
{% materialization pair_class_training, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(materialize_steps(pair_class_training_sql)) }}
{% endmaterialization %}

{% materialization pair_class_training, adapter='spark', supported_languages=['sql'] %}
    {{ return(materialize_steps(pair_class_training_sql)) }}
{% endmaterialization %}

{% macro pair_class_training_sql(target_relation, rows_sql) -%}
    {%- if stays_as_learnt(target_relation) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set rows = working_table(target_relation, 'rows') -%}
    {%- set levels = working_table(target_relation, 'levels') -%}
    {%- set priors = working_table(target_relation, 'priors') -%}
    {%- do create_working_table(rows, rows_sql) -%}
    {%- do create_working_table(levels, training_levels_sql(rows)) -%}
    {%- do create_working_table(priors, training_priors_sql(rows)) -%}
    {%- set pair_count = value_of(
        "select coalesce(max(pair_count), 0) from " ~ rows ~ " where kind = 'pairs'"
    ) -%}
    {%- set classes = run_query(
        'select pair_class from ' ~ priors ~ ' group by pair_class order by pair_class'
    ).columns[0].values() -%}

    {%- set state = namespace(
        parameters=working_table(target_relation, 'parameters_0'), is_moving=true, iterations=0
    ) -%}
    {%- do create_working_table(state.parameters, training_start_sql(rows, priors)) -%}
    {%- for iteration in range(1, var('matching_max_iterations') + 1) if state.is_moving -%}
        {%- set next_parameters = working_table(target_relation, 'parameters_' ~ iteration) -%}
        {%- do create_working_table(
            next_parameters,
            training_iteration_sql(rows, levels, priors, state.parameters, classes, pair_count)
        ) -%}
        {%- set state.is_moving = iteration < 6 or value_of(
            training_movement_sql(state.parameters, next_parameters)
        ) > 0.005 -%}
        {%- do drop_working_table(state.parameters) -%}
        {%- set state.parameters = next_parameters -%}
        {%- set state.iterations = iteration -%}
    {%- endfor -%}
    {%- do log(
        'pair_class_training: ' ~ model.name
        ~ (' still moves after ' if state.is_moving else ' converged in ') ~ state.iterations ~ ' iterations',
        info=true
    ) -%}
    {{ return(
        'select pair_class, attribute, agreement_level, round(log2(probability), 4) as bits from ' ~ state.parameters
    ) }}
{%- endmacro %}

{#- Attribute '' of a combination is the combination itself, whose probability is the share of the class. -#}
{% macro training_levels_sql(rows) %}
    select
        pattern_key,
        attribute,
        agreement_level,
        pair_count
    from {{ rows }}
    where kind = 'pattern'
{% endmacro %}

{% macro training_priors_sql(rows) %}
    select
        pair_class,
        attribute,
        agreement_level,
        probability,
        prior_pairs,
        pair_count as seen_pairs
    from {{ rows }}
    where kind = 'prior'
{% endmacro %}

{#- To start with, one pair in a person's share is the same person, a fifth of that for each lookalike. -#}
{% macro training_start_sql(rows, priors) %}
    select
        pair_class,
        attribute,
        agreement_level,
        probability
    from {{ priors }}
    union all
    select
        classes.pair_class,
        '' as attribute,
        0 as agreement_level,
        case classes.pair_class
            when 'same_person' then pairs.probability / 2
            when 'strangers' then 1 - pairs.probability
            else pairs.probability / 10
        end as probability
    from (
        select pair_class
        from {{ priors }}
        group by pair_class
    ) as classes
    cross join (
        select probability
        from {{ rows }}
        where kind = 'pairs'
    ) as pairs
{% endmacro %}

{#- One step: how likely each combination is each class, then what each class looks like. A class is a column
    where there are many combinations, so that they need be grouped only once. -#}
{% macro training_iteration_sql(rows, levels, priors, parameters, classes, pair_count) %}
    with

    log_probabilities as (
        select
            attribute,
            agreement_level
            {%- for pair_class in classes %},
            max(case when pair_class = '{{ pair_class }}' then ln(probability) end) as {{ pair_class }}
            {%- endfor %}
        from {{ parameters }}
        group by
            attribute,
            agreement_level
    ),

    log_weights as (
        select
            levels.pattern_key,
            max(levels.pair_count) as pair_count
            {%- for pair_class in classes %},
            sum(log_probabilities.{{ pair_class }}) as {{ pair_class }}
            {%- endfor %}
        from {{ levels }} as levels
        inner join log_probabilities
            on
                levels.attribute = log_probabilities.attribute
                and levels.agreement_level = log_probabilities.agreement_level
        group by levels.pattern_key
    ),

    weights as (
        select
            pattern_key,
            pair_count
            {%- for pair_class in classes %},
            exp({{ pair_class }} - greatest({{ classes | join(', ') }})) as {{ pair_class }}
            {%- endfor %}
        from log_weights
    ),

    shares as (
        select
            pattern_key
            {%- for pair_class in classes %},
            pair_count * {{ pair_class }} / ({{ classes | join(' + ') }}) as {{ pair_class }}
            {%- endfor %}
        from weights
    ),

    class_counts as (
        select
            levels.attribute,
            levels.agreement_level
            {%- for pair_class in classes %},
            sum(shares.{{ pair_class }}) as {{ pair_class }}
            {%- endfor %}
        from {{ levels }} as levels
        inner join shares
            on levels.pattern_key = shares.pattern_key
        group by
            levels.attribute,
            levels.agreement_level
    ),

    expected as (
        {%- for pair_class in classes if pair_class != 'strangers' %}
        select
            '{{ pair_class }}' as pair_class,
            attribute,
            agreement_level,
            {{ pair_class }} as pair_count
        from class_counts
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ),

    expected_shares as (
        select
            expected.pair_class,
            least(
                greatest(expected.pair_count * coalesce(bounds.pair_count, 1), 0.5) / {{ pair_count }},
                coalesce(bounds.probability, 1)
            ) as probability
        from expected
        left join {{ rows }} as bounds
            on
                bounds.kind = 'bound'
                and expected.pair_class = bounds.pair_class
        where expected.attribute = ''
    ),

    counted as (
        select
            priors.pair_class,
            priors.attribute,
            priors.agreement_level,
            coalesce(expected.pair_count, 0) + priors.seen_pairs
            + priors.prior_pairs * priors.probability as pair_count
        from {{ priors }} as priors
        left join expected
            on
                priors.pair_class = expected.pair_class
                and priors.attribute = expected.attribute
                and priors.agreement_level = expected.agreement_level
        where priors.prior_pairs is not null
    )

    select
        pair_class,
        attribute,
        agreement_level,
        pair_count / sum(pair_count) over (partition by pair_class, attribute) as probability
    from counted
    union all
    select
        pair_class,
        attribute,
        agreement_level,
        probability
    from {{ priors }}
    where prior_pairs is null
    union all
    select
        pair_class,
        '' as attribute,
        0 as agreement_level,
        probability
    from expected_shares
    union all
    select
        'strangers' as pair_class,
        '' as attribute,
        0 as agreement_level,
        greatest(1 - sum(probability), 1e-9) as probability
    from expected_shares
{% endmacro %}

{#- Largest change of a share, in shares of the same person. -#}
{% macro training_movement_sql(parameters, next_parameters) %}
    select
        coalesce(
            max(abs(later.probability - earlier.probability))
            / max(case when later.pair_class = 'same_person' then later.probability end),
            0
        )
    from {{ parameters }} as earlier
    inner join {{ next_parameters }} as later
        on earlier.pair_class = later.pair_class
    where
        earlier.attribute = ''
        and later.attribute = ''
        and earlier.pair_class <> 'strangers'
{% endmacro %}
