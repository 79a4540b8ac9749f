{#- SELECT of one row per key: the latest accepted version of a part that completes another record, with the last
    and the first batch that brought any version of it.
    relation: a CTE over a staging view; key: its column; columns: what is taken of the winner, and what breaks
    ties of time, so that the winner never depends on the order of landing; condition: further SQL on the rows,
    for instance to rank only what is asked for. -#}
{% macro latest_version(relation, key, columns, condition=none) -%}
    select
        {{ key }},
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        last_batch_id,
        first_batch_id
    from (
        select
            {{ key }},
            {%- for column in columns %}
            {{ column }},
            {%- endfor %}
            max(batch_id) over (partition by {{ key }}) as last_batch_id,
            min(batch_id) over (partition by {{ key }}) as first_batch_id,
            row_number() over (
                partition by {{ key }}
                order by
                    {{ known_time('recorded_at') }} desc nulls last
                    {%- for column in columns %},
                    {{ column }} desc nulls last
                    {%- endfor %}
            ) as version_rank
        from {{ relation }}
        where
            reject_reason is null
            {%- if condition %}
            and {{ condition }}
            {%- endif %}
    ) as ranked
    where version_rank = 1
{%- endmacro %}
