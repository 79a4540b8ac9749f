{#- SELECT items of what comparison_level looks at: the columns of both profiles, <column>_one and <column>_other;
    is_nickname, whether both given names are forms of one; swap_count, how many of the two persons' names have
    changed places. The query joins profiles as one and other, and int_identity__nickname_pairs for their first names. -#}
{% macro compared_values() -%}
    {%- set attributes = var('matching_attributes') | reject('equalto', 'home') | list -%}
    {%- for column in attributes + ['email_name', 'address', 'house_number', 'postal_code', 'city'] -%}
        one.{{ column }} as {{ column }}_one,
        other.{{ column }} as {{ column }}_other,
        {% endfor -%}
        nickname_pairs.form_one is not null as is_nickname,
        case when one.given_name = other.family_name then 1 else 0 end
        + case when one.family_name = other.given_name then 1 else 0 end as swap_count
{%- endmacro %}

{#- How well two values of an attribute agree, as an SQL integer: the number of levels that the var
    matching_attributes lists plus one for the best of them, 2 for the last, 1 for a disagreement, 0 when a value
    is missing.
    pair: alias of a row with the columns of compared_values.
    is_nickname, swaps: SQL of what only the caller can know: whether both names are forms of one; how many of
    the two persons' names have changed places (NULL: not looked at). -#}
{% macro comparison_level(attribute, pair, is_nickname='false', swaps='null') -%}
    {%- set a = pair ~ '.' ~ attribute ~ '_one' -%}
    {%- set b = pair ~ '.' ~ attribute ~ '_other' -%}
    {%- set levels = var('matching_attributes')[attribute].levels -%}
    case
        when {{ comparison_is_missing(attribute, pair, a, b) }} then 0
        {%- for level in levels %}
        when
            {%- for test in level.split(' or ') %}
            {{ 'or ' if not loop.first }}{{ comparison_test(attribute, test.split(' '), pair, a, b, is_nickname, swaps) }}
            {%- endfor %}
            then {{ levels | length + 2 - loop.index }}
        {%- endfor %}
        else 1
    end
{%- endmacro %}

{% macro comparison_is_missing(attribute, pair, a, b) -%}
    {%- if attribute == 'home' -%}
        coalesce(
            {{ pair }}.address_one = {{ pair }}.address_other,
            {{ pair }}.postal_code_one = {{ pair }}.postal_code_other,
            {{ pair }}.city_one = {{ pair }}.city_other
        ) is null
    {%- else -%}
        {{ a }} is null or {{ b }} is null
    {%- endif -%}
{%- endmacro %}

{% macro comparison_test(attribute, words, pair, a, b, is_nickname, swaps) -%}
    {%- set kind = words[0] -%}
    {%- if kind == 'exact' -%}
        {{ a }} = {{ b }}
    {%- elif kind == 'nickname' -%}
        {{ is_nickname }}
    {%- elif kind == 'similar' -%}
        {{ jaro_winkler(a, b) }} >= {{ words[1] }}
    {%- elif kind == 'begins' -%}
        {{ begins_with(a, b) }} or {{ begins_with(b, a) }}
    {%- elif kind == 'edits' and words[1] | int == 1 -%}
        {{ is_one_edit('cast(' ~ a ~ ' as string)', 'cast(' ~ b ~ ' as string)') }}
    {%- elif kind == 'edits' -%}
        levenshtein(cast({{ a }} as string), cast({{ b }} as string)) <= {{ words[1] }}
    {%- elif kind == 'date_slip' -%}
        case
            when {{ are_near_dates(a, b) }} then {{ is_one_edit('cast(' ~ a ~ ' as string)', 'cast(' ~ b ~ ' as string)') }}
            else false
        end
    {%- elif kind == 'date_parts' -%}
        {{ are_near_dates(a, b) }}
    {%- elif kind == 'days' -%}
        abs({{ days_between(a, b) }}) <= {{ words[1] }}
    {%- elif kind == 'local_part' -%}
        {{ pair }}.email_name_one = {{ pair }}.email_name_other
    {%- elif kind == 'local_part_similar' -%}
        {{ jaro_winkler(pair ~ '.email_name_one', pair ~ '.email_name_other') }} >= {{ words[1] }}
    {%- elif kind == 'swapped' -%}
        {{ swaps }} = 2
    {%- elif kind == 'half_swapped' -%}
        {{ swaps }} = 1
    {%- elif kind.startswith('home_') -%}
        {{ home_test(kind, pair) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "var matching_attributes: '" ~ words | join(' ') ~ "' of " ~ attribute ~ " is no level. Levels: exact, "
            ~ "nickname, similar x, begins, edits n, date_slip, date_parts, days n, local_part, local_part_similar x, swapped, "
            ~ "half_swapped, home_same, home_similar, home_door, home_postal_code, home_area, home_city."
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- Levels of the home: address, postal code and city are no three pieces of evidence but one. -#}
{% macro home_test(kind, pair) -%}
    {%- set same_address = pair ~ '.address_one = ' ~ pair ~ '.address_other' -%}
    {%- set same_postal_code = pair ~ '.postal_code_one = ' ~ pair ~ '.postal_code_other' -%}
    {%- set same_city = pair ~ '.city_one = ' ~ pair ~ '.city_other' -%}
    {%- set alike = jaro_winkler(pair ~ '.address_one', pair ~ '.address_other') -%}
    {%- set is_address_missing = pair ~ '.address_one is null or ' ~ pair ~ '.address_other is null' -%}
    {%- if kind == 'home_same' -%}
        {{ same_address }} and ({{ same_postal_code }} or {{ same_city }})
    {%- elif kind == 'home_similar' -%}
        {{ same_address }} or ({{ alike }} >= 0.9 and ({{ same_postal_code }} or {{ same_city }}))
    {%- elif kind == 'home_door' -%}
        ({{ pair }}.house_number_one = {{ pair }}.house_number_other and {{ same_postal_code }}) or {{ alike }} >= 0.92
    {%- elif kind == 'home_postal_code' -%}
        {{ same_postal_code }} and ({{ is_address_missing }})
    {%- elif kind == 'home_area' -%}
        {{ same_postal_code }} or ({{ same_city }} and ({{ is_address_missing }}))
    {%- elif kind == 'home_city' -%}
        {{ same_city }} or {{ is_one_edit(pair ~ '.postal_code_one', pair ~ '.postal_code_other') }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("var matching_attributes: '" ~ kind ~ "' is no level of home.") }}
    {%- endif -%}
{%- endmacro %}

{#- The attributes of which a rare value says more than a common one. -#}
{% macro attributes_with_rarity() -%}
    {%- set found = [] -%}
    {%- for attribute, rule in var('matching_attributes').items() if rule.rarity -%}
        {%- do found.append(attribute) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
