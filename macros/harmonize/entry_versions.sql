{#- SELECT of all versions of the entries of an address book of which some version has held anything: an entry that is
    empty now has been taken off, one that never held anything is none. With the last batch that brought any version.
    relation: a CTE over a staging view that gives empty entries too; columns: what an entry can hold. -#}
{% macro entry_versions(relation, columns) -%}
    select *
    from (
        select
            {{ relation }}.*,
            max({{ relation }}.batch_id) over of_entry as last_batch_id,
            max(
                case when coalesce({{ columns | join(', ') }}) is not null then 1 else 0 end
            ) over of_entry as held_anything
        from {{ relation }}
        window of_entry as (partition by {{ relation }}.source_record_id)
    ) as counted
    where held_anything = 1
{%- endmacro %}
