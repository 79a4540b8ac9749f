{#- Jaro-Winkler similarity of two strings, 0 to 1: scale 0.1 for a common beginning of at most 4 characters,
    given only where the Jaro similarity is above 0.7. -#}
{% macro jaro_winkler(one, other) -%}
    {{ return(adapter.dispatch('jaro_winkler')(one, other)) }}
{%- endmacro %}

{% macro default__jaro_winkler(one, other) -%}
    {{ raise_unsupported_adapter('jaro_winkler') }}
{%- endmacro %}

{% macro duckdb__jaro_winkler(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
{%- endmacro %}

{#- Spark has no such function. A character of the first string takes the first equal one of the other that is
    free and near enough; taken characters are overlaid with a NUL. What both strings have in common is
    compared in order then. -#}
{% macro spark__jaro_winkler(one, other) -%}
    case
        when {{ one }} = '' or {{ other }} = '' then cast(0 as double)
        when {{ one }} = {{ other }} then cast(1 as double)
        else aggregate(
            sequence(1, length({{ one }})),
            named_struct(
                'one', {{ one }},
                'other', {{ other }},
                'free', {{ other }},
                'common', '',
                'reach', cast(greatest(
                    greatest(length({{ one }}), length({{ other }})) div 2 - 1,
                    0
                ) as int)
            ),
            (state, place) -> transform(
                array(locate(
                    substring(state.one, place, 1),
                    substring(state.free, 1, place + state.reach),
                    greatest(place - state.reach, 1)
                )),
                found -> named_struct(
                    'one', state.one,
                    'other', state.other,
                    'free', if(found = 0, state.free, overlay(state.free placing '\0' from found)),
                    'common', if(
                        found = 0, state.common, concat(state.common, substring(state.one, place, 1))
                    ),
                    'reach', state.reach
                )
            )[0],
            state -> transform(
                array({{ jaro_of_common('state') }}),
                jaro -> jaro + if(
                    jaro > 0.7,
                    0.1D * size(filter(
                        sequence(1, 4),
                        place -> place <= least(length(state.one), length(state.other))
                            and left(state.one, place) = left(state.other, place)
                    )) * (1 - jaro),
                    0D
                )
            )[0]
        )
    end
{%- endmacro %}

{#- Common characters out of order count half. -#}
{% macro jaro_of_common(state) -%}
    if(
        {{ state }}.common = '',
        0D,
        (
            cast(length({{ state }}.common) as double) / length({{ state }}.one)
            + cast(length({{ state }}.common) as double) / length({{ state }}.other)
            + cast(
                length({{ state }}.common) - size(filter(
                    arrays_zip(
                        split({{ state }}.common, ''),
                        transform(
                            filter(
                                sequence(1, length({{ state }}.other)),
                                place -> substring({{ state }}.free, place, 1) = '\0'
                            ),
                            place -> substring({{ state }}.other, place, 1)
                        )
                    ),
                    pair -> pair['0'] <> pair['1']
                )) div 2 as double
            ) / length({{ state }}.common)
        ) / 3
    )
{%- endmacro %}

{#- Whether one edit at most turns one string into the other, a swap of neighbours being one edit
    (Damerau-Levenshtein distance of 1). -#}
{% macro is_one_edit(one, other) -%}
    {{ return(adapter.dispatch('is_one_edit')(one, other)) }}
{%- endmacro %}

{% macro default__is_one_edit(one, other) -%}
    {{ raise_unsupported_adapter('is_one_edit') }}
{%- endmacro %}

{#- A swap of neighbours is two edits to Levenshtein. Damerau's distance knows it but costs a lot, so it is asked only
    where strings have the same characters in nearly the same places (Jaro finds none in common below four). -#}
{% macro duckdb__is_one_edit(one, other) -%}
    case
        when levenshtein({{ one }}, {{ other }}) <= 1 then true
        when
            length({{ one }}) = length({{ other }})
            and (
                length({{ one }}) < 4
                or jaro_similarity({{ one }}, {{ other }}) > 1 - 0.5 / length({{ one }})
            )
            then damerau_levenshtein({{ one }}, {{ other }}) <= 1
        else false
    end
{%- endmacro %}

{% macro spark__is_one_edit(one, other) -%}
    (
        levenshtein({{ one }}, {{ other }}) <= 1
        or (
            length({{ one }}) = length({{ other }})
            and levenshtein({{ one }}, {{ other }}) = 2
            and exists(
                sequence(1, length({{ one }}) - 1),
                place -> concat(
                    left({{ one }}, place - 1),
                    substring({{ one }}, place + 1, 1),
                    substring({{ one }}, place, 1),
                    substring({{ one }}, place + 2)
                ) = {{ other }}
            )
        )
    )
{%- endmacro %}

{#- Whether a string begins with another. -#}
{% macro begins_with(expression, beginning) -%}
    {{ return(adapter.dispatch('begins_with')(expression, beginning)) }}
{%- endmacro %}

{% macro default__begins_with(expression, beginning) -%}
    {{ raise_unsupported_adapter('begins_with') }}
{%- endmacro %}

{% macro duckdb__begins_with(expression, beginning) -%}
    starts_with({{ expression }}, {{ beginning }})
{%- endmacro %}

{% macro spark__begins_with(expression, beginning) -%}
    startswith({{ expression }}, {{ beginning }})
{%- endmacro %}
