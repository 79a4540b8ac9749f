{#- One harmonised entity: the union of the enabled staging models that the var source_entities names for
    it, accepted rows only, the latest version of each source record.
    relation_of: the calling model's own `ref`, so that the reference is the model's, not the macro's.
    Columns come from the YAML contract of the calling model; a staging model that lacks one gives NULL. Times are those
    that can be (harmonized_time).
    The winner depends on the rows alone (recorded_at, then content), never on the order of landing, so
    any order of batches ends in the same table. Nearly all records have one version, so only the others are
    ranked: a window over every wide row would cost several times the rest. They are found by a hash of the key, which
    takes less memory than the keys; a record that only shares its hash with another is ranked alone, and stays.
    A staging model with config.meta.derived puts a record together from several landed tables (an order and its
    coupons). Its batch_id is the last batch that brought any part, so a change of one part brings all versions
    of the record again, and these replace what was merged before. So does a table that comes in full snapshots
    (snapshot_versions), where the entity is one of which records can be deleted.
    statement_columns: for entities whose rows are statements and not states. A source that keeps a state (a tick
    on an account) is read as a statement each time that one of these columns changes: they become part of the key,
    so that no later state replaces an earlier one, and of the repetitions of a statement the first is kept.
    reads_again: for entities of so many rows that they may not fit in memory. A full build reads the staging views
    three times (the keys, the rows of repeated keys, the others) and holds none of the rows between; otherwise it
    reads once and holds them, which is cheaper where views are dear and rows are few. -#}
{% macro harmonize(entity, relation_of, statement_columns=none, reads_again=false) -%}
    {%- set common = ['source_name', 'source_table', 'source_record_id'] -%}
    {%- set bookkeeping = ['recorded_at', 'landed_at', 'batch_id', 'first_batch_id', 'times_landed'] -%}
    {%- set counts = ['batch_id', 'first_batch_id', 'times_landed'] -%}
    {%- set contract = model.columns.values() | rejectattr('name', 'in', common + bookkeeping) | list -%}
    {%- set branches = harmonize_branches(entity, relation_of) -%}
    {%- if entity in deleted_values() -%}
        {#- read from every staging view, so only entities that need them wait for all sources -#}
        {%- set snapshot_files = relation_of('snapshot_files') -%}
        {%- set rejected_records = relation_of('rejected_records') -%}
    {%- endif -%}
with

landed as {% if reads_again and not is_incremental() %}{{ not_materialized() }} {% endif %}(
    select
        accepted.*,
        {{ short_hash(['accepted.source_name', 'accepted.source_record_id']) }} as key_hash
    from (
        {%- if not branches %}
        select
            {%- for column in model.columns.values() %}
            cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
        {%- endif %}
        {%- for branch in branches %}
        select
            source_name,
            source_table,
            {%- if statement_columns and not branch.is_derived %}
            source_record_id || '-' || left(md5(
                ''
                {%- for name in statement_columns if name in branch.columns %}
                || '|' || coalesce(cast({{ name }} as string), '')
                {%- endfor %}
            ), 12) as source_record_id,
            {%- else %}
            source_record_id,
            {%- endif %}
            {%- for column in contract %}
            {%- if column.name not in branch.columns %}
            cast(null as {{ column.data_type }}) as {{ column.name }},
            {%- elif column.name == 'rejected_values' %}
            {{ with_rejected_times(contract | selectattr('name', 'in', branch.columns)) }} as rejected_values,
            {%- elif column.data_type in ['date', 'timestamp'] %}
            {{ harmonized_time(column) }} as {{ column.name }},
            {%- else %}
            cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }},
            {%- endif %}
            {%- endfor %}
            {{ harmonized_time(model.columns['recorded_at']) }} as recorded_at,
            landed_at,
            batch_id,
            {{ 'first_batch_id' if 'first_batch_id' in branch.columns else 'batch_id as first_batch_id' }},
            cast(1 as bigint) as times_landed
        {%- if branch.is_snapshots %}
        from (
            {{ snapshot_versions(branch, entity, snapshot_files, rejected_records) }}
        ) as {{ branch.name }}
        where true
        {%- else %}
        from {{ branch.relation }}
        where reject_reason is null
        {%- endif %}
        {%- if is_incremental() %}
            and (
                batch_id > (
                    select coalesce(max(merged.batch_id), 0)
                    from {{ this }} as merged
                    where merged.source_table = '{{ branch.source_table }}'
                )
                {%- if branch.is_snapshots %}
                -- a snapshot may be confirmed in a run that lands nothing
                or deleted_at is not null
                {%- endif %}
            )
        {%- endif %}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as accepted
),

{% if is_incremental() -%}
touched as (
    select
        {%- for column in model.columns.values() %}
        merged.{{ column.name }},
        {%- endfor %}
        {{ short_hash(['merged.source_name', 'merged.source_record_id']) }} as key_hash
    from {{ this }} as merged
    where
        exists (
            select 1
            from landed
            where
                landed.source_name = merged.source_name
                and landed.source_record_id = merged.source_record_id
        )
        {%- for branch in branches if branch.is_derived %}
        and merged.source_table <> '{{ branch.source_table }}'
        {%- endfor %}
),
{%- endif %}

keys as (
    select key_hash from landed
    {%- if is_incremental() %}
    union all
    select key_hash from touched
    {%- endif %}
),

repeated as (
    select key_hash
    from keys
    group by key_hash
    having count(*) > 1
),

candidates as (
    select * from landed
    where exists (select 1 from repeated where repeated.key_hash = landed.key_hash)
    {%- if is_incremental() %}
    union all
    select * from touched
    {%- endif %}
),

contested as (
    select
        {%- for column in model.columns.values() %}
        {%- if column.name == 'times_landed' %}
        cast(sum(candidates.times_landed) over of_record as bigint) as times_landed,
        {%- elif column.name in counts %}
        {{ 'min' if column.name == 'first_batch_id' else 'max' }}(candidates.{{ column.name }}) over of_record
            as {{ column.name }},
        {%- else %}
        candidates.{{ column.name }},
        {%- endif %}
        {%- endfor %}
        row_number() over (
            partition by candidates.source_name, candidates.source_record_id
            order by
                candidates.recorded_at {{ 'asc' if statement_columns else 'desc' }} nulls last,
                md5(
                    candidates.source_table
                    {%- for column in contract %}
                    || '|' || coalesce(cast(candidates.{{ column.name }} as string), '')
                    {%- endfor %}
                ) desc,
                candidates.landed_at asc
        ) as version_rank
    from candidates
    window of_record as (partition by candidates.source_name, candidates.source_record_id)
),

final as (
    select
        {%- for column in model.columns.values() %}
        {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from landed
    where not exists (select 1 from repeated where repeated.key_hash = landed.key_hash)
    union all
    select
        {%- for column in model.columns.values() %}
        {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from contested
    where version_rank = 1
)

select * from final
{%- endmacro %}

{#- The staging models of an entity: relation, column names, landed table, how they are read. -#}
{% macro harmonize_branches(entity, relation_of) -%}
    {%- set branches = [] -%}
    {%- for source_name, entities in var('source_entities').items() -%}
        {%- for staging_model in entities.get(entity, []) -%}
            {%- set relation = relation_of(staging_model) -%}
            {%- if execute and var(source_name ~ '_enabled', true) -%}
                {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ staging_model] -%}
                {%- if not node.config.meta.get('source_table') -%}
                    {{ exceptions.raise_compiler_error(
                        staging_model ~ ' does not say which landed table it reads: set config.meta.source_table'
                    ) }}
                {%- endif -%}
                {%- set is_snapshots = entity in deleted_values()
                    and comes_in_full_snapshots(node.config.meta.source_table) -%}
                {%- do branches.append({
                    'name': staging_model,
                    'relation': relation,
                    'columns': (node.columns.keys() | list) + (
                        ['first_batch_id'] + (deleted_values()[entity].keys() | list) if is_snapshots else []
                    ),
                    'staged_columns': node.columns.keys() | list,
                    'source_table': node.config.meta.source_table,
                    'is_snapshots': is_snapshots,
                    'is_derived': is_snapshots or node.config.meta.get('derived', false),
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(branches) }}
{%- endmacro %}
