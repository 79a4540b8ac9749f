{#- Tables that are delivered in full snapshots: what is in an earlier delivery and not in the newest one has been
    deleted in the source, which has no word for it. -#}

{#- Landed tables that their source files declare so (config.meta.full_snapshots), as accounted_tables gives them.
    Stops with an error where one fills nothing that can be deleted. -#}
{% macro full_snapshot_tables(tables) -%}
    {%- set found = [] -%}
    {%- for table in tables if execute and comes_in_full_snapshots(table.source_table) -%}
        {%- set filled = [] -%}
        {%- for entity, members in var('source_entities').get(table.source_name, {}).items() -%}
            {%- for name in members if entity in deleted_values() -%}
                {%- if graph.nodes['model.' ~ project_name ~ '.' ~ name].config.meta.source_table == table.source_table -%}
                    {%- do filled.append(entity) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if not filled -%}
            {{ exceptions.raise_compiler_error(
                table.source_table ~ ' is declared to come in full snapshots, but fills none of the entities of which '
                ~ 'a record can be deleted (' ~ deleted_values().keys() | sort | join(', ')
                ~ '). Take full_snapshots out of its source file.'
            ) }}
        {%- endif -%}
        {%- do found.append(table) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Whether a landed table, as source.table, is declared to come in full snapshots. -#}
{% macro comes_in_full_snapshots(source_table) -%}
    {%- set node = source_table_node(source_table) -%}
    {{ return(node is not none and node.config.meta.get('full_snapshots', false)) }}
{%- endmacro %}

{#- What deletion means, by entity: column -> SQL of its value, the same as where a source says so itself. deleted_at
    is the time of deletion, which gives way to a time that the record has. Entities that are not here tell what has happened: it stays. -#}
{% macro deleted_values() -%}
    {{ return({
        'customers': {'is_deleted': 'true'},
        'contact_points': {'is_deleted': 'true'},
        'orders': {'status': "'cancelled'", 'cancelled_at': 'deleted_at'},
        'order_lines': {'quantity': '0', 'discount': '0', 'total': '0'},
        'products': {'is_active': 'false'},
        'campaigns': {'status': "'archived'"},
        'campaign_targets': {'customer_record_id': 'null', 'contact_point': 'null', 'status': "'deleted'"},
        'store_visits': {
            'customer_record_id': 'null',
            'email': 'null',
            'loyalty_number': 'null',
            'visit_type': "'deleted'",
            'status': "'cancelled'",
        },
    }) }}
{%- endmacro %}

{#- Every accepted version of every record of a staging model whose table comes in full snapshots; of the records that
    are gone, with the values of a deleted one. As of a derived model all versions of a record are there, with the last
    batch that brought any of them or any delivery: a delivery tells of the records that it lacks as well.
    branch: as harmonize_branches gives it; entity: what it fills; snapshot_files, rejected_records: relations.
    A rejected row is there: a fault is no deletion. A version without a time of its own is as old as its snapshot.
    A record is deleted at the time of the first snapshot without it; only its latest version moves there, so that
    the order of the versions stays. -#}
{% macro snapshot_versions(branch, entity, snapshot_files, rejected_records) -%}
    {%- set deleted = deleted_values()[entity] -%}
    {%- set own = ['recorded_at', 'batch_id', 'first_batch_id'] + deleted.keys() | list -%}
    select
        {%- for column in branch.staged_columns if column not in own %}
        versions.{{ column }},
        {%- endfor %}
        {%- for column, value in deleted.items() %}
        case
            {%- if value == 'deleted_at' and column in branch.staged_columns %}
            when versions.{{ column }} is not null then versions.{{ column }}
            {%- endif %}
            when presence.deleted_at is not null then {{ value }}
            {%- if column in branch.staged_columns %}
            else versions.{{ column }}
            {%- endif %}
        end as {{ column }},
        {%- endfor %}
        case
            when
                presence.deleted_at is not null
                and (
                    versions.last_told_at is null
                    or (versions.told_at = versions.last_told_at and versions.told_at < presence.deleted_at)
                )
                then presence.deleted_at
            else versions.told_at
        end as recorded_at,
        greatest(versions.last_batch_id, coalesce(deliveries.batch_id, 0)) as batch_id,
        {{ 'versions.first_batch_id' if 'first_batch_id' in branch.staged_columns else 'versions.batch_id as first_batch_id' }},
        presence.deleted_at
    from (
        select
            *,
            max(batch_id) over (partition by source_name, source_record_id) as last_batch_id,
            max(told_at) over (partition by source_name, source_record_id) as last_told_at
        from (
            select
                staged.*,
                coalesce(
                    {{ known_time('staged.recorded_at') }},
                    case when snapshot_files.is_current then snapshot_files.snapshot_at end
                ) as told_at
            from {{ branch.relation }} as staged
            left join {{ snapshot_files }} as snapshot_files
                on {{ in_snapshot_file('staged', branch.source_table) }}
            where staged.reject_reason is null
        ) as told
    ) as versions
    left join (
        select
            seen.source_name,
            seen.source_record_id,
            case
                when count(snapshot_files.next_snapshot_at) = count(*) then max(snapshot_files.next_snapshot_at)
            end as deleted_at
        from (
            select source_name, source_record_id, landed_file, landed_at
            from {{ branch.relation }}
            union all
            select source_name, source_record_id, landed_file, landed_at
            from {{ rejected_records }}
            where source_table = '{{ branch.source_table }}'
        ) as seen
        inner join {{ snapshot_files }} as snapshot_files
            on {{ in_snapshot_file('seen', branch.source_table) }}
        group by seen.source_name, seen.source_record_id
    ) as presence
        on
            versions.source_name = presence.source_name
            and versions.source_record_id = presence.source_record_id
    cross join (
        select max(batch_id) as batch_id
        from {{ snapshot_files }}
        where source_table = '{{ branch.source_table }}'
    ) as deliveries
{%- endmacro %}

{% macro in_snapshot_file(rows, source_table) -%}
    {{ rows }}.landed_file = snapshot_files.landed_file
    and {{ rows }}.landed_at = snapshot_files.landed_at
    and {{ rows }}.source_name = snapshot_files.source_name
    and snapshot_files.source_table = '{{ source_table }}'
{%- endmacro %}

{#- Condition: somebody has confirmed a snapshot (var snapshots_confirmed, such as erp.products 2026-05-01). -#}
{% macro is_confirmed_snapshot(alias) -%}
    (
        {%- for confirmed in var('snapshots_confirmed') %}
        (
            {{ alias }}.source_table = '{{ confirmed.split(' ', 1)[0] }}'
            and {{ alias }}.snapshot_at = cast('{{ confirmed.split(' ', 1)[1] }}' as timestamp)
        )
        or
        {%- endfor %}
        false
    )
{%- endmacro %}
