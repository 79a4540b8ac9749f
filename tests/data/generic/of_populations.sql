{#- Every row's customer belongs to one of the given populations, as the relation customers has
    them: those that the model states in its meta (tests/project). -#}
{% test of_populations(model, column_name, customers, populations) %}

select people.{{ column_name }}
from {{ model }} as people
left join {{ customers }} as customers
    on people.{{ column_name }} = customers.customer_id
where
    people.{{ column_name }} is not null
    and coalesce(customers.population, '') not in ('{{ populations | join("', '") }}')

{% endtest %}
