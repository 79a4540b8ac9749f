{#- Key under which all spellings of one mailbox are equal: without what follows a plus, for Gmail without dots.
    Any other contact point is its own key. What somebody refuses at one spelling is refused at all of them. -#}
{% macro contact_point_key(type_expression, point_expression) -%}
    {%- set local_part = "split_part(split_part(" ~ point_expression ~ ", '@', 1), '+', 1)" -%}
    {%- set domain = "split_part(" ~ point_expression ~ ", '@', 2)" -%}
    case
        when {{ type_expression }} <> 'email' or {{ local_part }} = ''
            then {{ point_expression }}
        when {{ domain }} in ('gmail.com', 'googlemail.com')
            then replace({{ local_part }}, '.', '') || '@gmail.com'
        else {{ local_part }} || '@' || {{ domain }}
    end
{%- endmacro %}
