{#- Keys that the primary staging models would give landed rows, from the rows as JSON; NULL when a part is missing.
    A source file says how its key is made of the columns (config.meta.record_id, such as "{order_id}-{line_no}", or
    "{user_id|email}" for the first of two that is there); without a word it is the column source_record_id or id,
    else unknown.
    Many tables make their keys alike, so each way is written once, or the SQL would grow with every table:
    {columns: for each place in a key, the tables by the column that is read there;
     ids: the tables by the SQL of their key, over what was read and cleaned, cleaned_1 for the first place}. -#}
{% macro payload_record_ids(source_tables) -%}
    {%- set columns = [] -%}
    {%- set ids = {} -%}
    {%- for source_table in source_tables -%}
        {%- set places = namespace(count=0) -%}
        {%- set parts = [] -%}
        {%- set pattern = record_id_pattern(source_table) -%}
        {%- for part in modules.re.split('[{}]', pattern) if part -%}
            {%- if '{' ~ part ~ '}' in pattern -%}
                {%- set readings = [] -%}
                {%- for name in part.split('|') -%}
                    {%- if places.count == columns | length -%}
                        {%- do columns.append({}) -%}
                    {%- endif -%}
                    {%- do columns[places.count].setdefault(name, []).append(source_table) -%}
                    {%- set places.count = places.count + 1 -%}
                    {%- do readings.append('cleaned_' ~ places.count) -%}
                {%- endfor -%}
                {%- do parts.append(readings[0] if readings | length == 1 else 'coalesce(' ~ readings | join(', ') ~ ')') -%}
            {%- else -%}
                {%- do parts.append("'" ~ part ~ "'") -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do ids.setdefault(parts | join(' || ') if parts else 'cast(null as string)', []).append(source_table) -%}
    {%- endfor -%}
    {{ return({'columns': columns, 'ids': ids}) }}
{%- endmacro %}

{% macro record_id_pattern(source_table) -%}
    {%- set node = source_table_node(source_table) -%}
    {%- set columns = node.columns.keys() | list if node else [] -%}
    {%- set names = ['source_record_id', 'id'] | select('in', columns) | list -%}
    {%- set default = '{' ~ names[0] ~ '}' if names else '' -%}
    {{ return(node.config.meta.get('record_id', default) if node else default) }}
{%- endmacro %}
