{#- No two rows agree in all the given columns. NULLs count as equal. -#}
{% test unique_combination(model, columns) %}

select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    count(*) as row_count
from {{ model }}
group by
    {%- for column in columns %}
    {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
having count(*) > 1

{% endtest %}
