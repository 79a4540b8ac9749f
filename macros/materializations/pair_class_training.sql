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
    {%- set patterns = working_table(target_relation, 'patterns') -%}
    {%- set levels = working_table(target_relation, 'levels') -%}
    {%- set priors = working_table(target_relation, 'priors') -%}
    {%- do create_working_table(rows, rows_sql) -%}
    {%- do create_working_table(patterns, training_patterns_sql(rows, is_whole=true)) -%}
    {%- do create_working_table(levels, training_patterns_sql(rows, is_whole=false)) -%}
    {%- do create_working_table(priors, training_priors_sql(rows)) -%}
    {%- set pair_count = value_of(
        "select coalesce(max(pair_count), 0) from " ~ rows ~ " where kind = 'pairs'"
    ) -%}

    {%- set state = namespace(
        parameters=working_table(target_relation, 'parameters_0'), is_moving=true, iterations=0
    ) -%}
    {%- do create_working_table(state.parameters, training_start_sql(rows, priors)) -%}
    {%- for iteration in range(1, var('matching_max_iterations') + 1) if state.is_moving -%}
        {%- set next_parameters = working_table(target_relation, 'parameters_' ~ iteration) -%}
        {%- do create_working_table(
            next_parameters,
            training_iteration_sql(rows, patterns, levels, priors, state.parameters, pair_count)
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

{% macro training_patterns_sql(rows, is_whole) %}
    select
        pattern_key,
        {%- if not is_whole %}
        attribute,
        agreement_level,
        {%- endif %}
        pair_count
    from {{ rows }}
    where
        kind = 'pattern'
        and attribute {{ '=' if is_whole else '<>' }} ''
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

{#- One step: how likely each combination is each class, then what each class looks like. -#}
{% macro training_iteration_sql(rows, patterns, levels, priors, parameters, pair_count) %}
    with

    likelihoods as (
        select
            levels.pattern_key,
            parameters.pair_class,
            sum(ln(parameters.probability)) as log_likelihood
        from {{ levels }} as levels
        inner join {{ parameters }} as parameters
            on
                levels.attribute = parameters.attribute
                and levels.agreement_level = parameters.agreement_level
        group by
            levels.pattern_key,
            parameters.pair_class
    ),

    weighted as (
        select
            patterns.pattern_key,
            patterns.pair_count,
            shares.pair_class,
            ln(shares.probability) + coalesce(likelihoods.log_likelihood, 0) as log_weight
        from {{ patterns }} as patterns
        inner join {{ parameters }} as shares
            on shares.attribute = ''
        left join likelihoods
            on
                patterns.pattern_key = likelihoods.pattern_key
                and shares.pair_class = likelihoods.pair_class
    ),

    scaled as (
        select
            pattern_key,
            pair_count,
            pair_class,
            exp(log_weight - max(log_weight) over (partition by pattern_key)) as weight
        from weighted
    ),

    expected as (
        select
            pattern_key,
            pair_class,
            pair_count * weight / sum(weight) over (partition by pattern_key) as pair_count
        from scaled
    ),

    expected_shares as (
        select
            expected.pair_class,
            least(
                greatest(sum(expected.pair_count), 0.5) / {{ pair_count }},
                coalesce(min(bounds.probability), 1)
            ) as probability
        from expected
        left join {{ rows }} as bounds
            on
                bounds.kind = 'bound'
                and expected.pair_class = bounds.pair_class
        where expected.pair_class <> 'strangers'
        group by expected.pair_class
    ),

    expected_levels as (
        select
            expected.pair_class,
            levels.attribute,
            levels.agreement_level,
            sum(expected.pair_count) as pair_count
        from expected
        inner join {{ levels }} as levels
            on expected.pattern_key = levels.pattern_key
        where expected.pair_class <> 'strangers'
        group by
            expected.pair_class,
            levels.attribute,
            levels.agreement_level
    ),

    counted as (
        select
            priors.pair_class,
            priors.attribute,
            priors.agreement_level,
            coalesce(expected_levels.pair_count, 0) + priors.seen_pairs
            + priors.prior_pairs * priors.probability as pair_count
        from {{ priors }} as priors
        left join expected_levels
            on
                priors.pair_class = expected_levels.pair_class
                and priors.attribute = expected_levels.attribute
                and priors.agreement_level = expected_levels.agreement_level
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
