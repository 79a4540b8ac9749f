{#- Key that the primary staging model would give a landed row, from the row as JSON; NULL when a part of it is missing.
    A source file says how it is made of the columns (config.meta.record_id, such as "{order_id}-{line_no}", or
    "{user_id|email}" for the first of two that is there); without a word it is the column source_record_id or id,
    else unknown. -#}
{% macro payload_record_id(source_table, payload) -%}
    {%- set node = source_table_node(source_table) -%}
    {%- set columns = node.columns.keys() | list if node else [] -%}
    {%- set names = ['source_record_id', 'id'] | select('in', columns) | list -%}
    {%- set default = '{' ~ names[0] ~ '}' if names else '' -%}
    {%- set pattern = node.config.meta.get('record_id', default) if node else default -%}
    {%- set parts = [] -%}
    {%- for part in modules.re.split('[{}]', pattern) if part -%}
        {%- if '{' ~ part ~ '}' in pattern -%}
            {%- set readings = [] -%}
            {%- for name in part.split('|') -%}
                {%- do readings.append(clean_id_of_few(json_text(payload, name))) -%}
            {%- endfor -%}
            {%- do parts.append(readings[0] if readings | length == 1 else 'coalesce(' ~ readings | join(', ') ~ ')') -%}
        {%- else -%}
            {%- do parts.append("'" ~ part ~ "'") -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join(' || ') if parts else 'cast(null as string)' }}
{%- endmacro %}
