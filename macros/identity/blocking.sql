{#- What the columns that blocking rules are made of say something about. -#}
{% macro attributes_of_columns(columns) -%}
    {%- set said_of = {
        'given_name': ['given_name'], 'given_name_start': ['given_name'], 'name_pair': ['given_name', 'family_name'],
        'family_name': ['family_name'], 'family_name_start': ['family_name'], 'second_family_name': ['family_name'],
        'birth_date': ['birth_date'], 'birth_year': ['birth_date'], 'birth_day': ['birth_date'],
        'email': ['email'], 'email_name': ['email'], 'phone': ['phone'], 'national_id': ['national_id'],
        'address': ['home'], 'house_number': ['home'], 'postal_code': ['home'], 'city': ['home'],
    } -%}
    {%- set found = [] -%}
    {%- for column in columns -%}
        {%- if column not in said_of -%}
            {{ exceptions.raise_compiler_error(
                "var matching_blocking_rules: '" ~ column ~ "' is no column to block by. Columns: "
                ~ said_of | join(', ') ~ "."
            ) }}
        {%- endif -%}
        {%- do found.extend(said_of[column]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Sum of the bits of blocking rules: 2 for the first rule, 4 for the second, and so on. -#}
{% macro bits_of_rules(numbers) -%}
    {%- set sums = namespace(bits=0) -%}
    {%- for number in numbers -%}
        {%- set sums.bits = sums.bits + 2 ** number -%}
    {%- endfor -%}
    {{ return(sums.bits) }}
{%- endmacro %}

{#- The numbers of the blocking rules that look at nothing of what these columns say. -#}
{% macro independent_rules(columns) -%}
    {%- set attributes = attributes_of_columns(columns) -%}
    {%- set found = [] -%}
    {%- for others in var('matching_blocking_rules') -%}
        {%- if attributes_of_columns(others) | select('in', attributes) | list | length == 0 -%}
            {%- do found.append(loop.index) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- SQL of the sum of the bits of the rules of which every column fulfils a condition, in which it is named <column>. -#}
{% macro bits_of_rules_where(condition) -%}
    {%- for columns in var('matching_blocking_rules') -%}
        {{ ' + ' if not loop.first }}case when
        {%- for column in columns %}{{ ' and' if not loop.first }} {{ condition | replace('<column>', column) }}
        {%- endfor %} then {{ bits_of_rules([loop.index]) }} else 0 end
    {%- endfor -%}
{%- endmacro %}

{#- From how many others on it makes no difference how many share a blocking key. -#}
{% macro many_others() -%}
    {{ return(10) }}
{%- endmacro %}
