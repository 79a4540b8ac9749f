{#- Brings the labels up to the edges of now, in place. Components that lose an edge are computed afresh from
    the edges that they have left; then added edges tie components together by their labels. -#}
{% macro relabel_changed_components(target_relation, state_edges, state_groups, edges_sql) -%}
    {%- set edges = '(' ~ graph_edges_sql(edges_sql, has_groups=true) ~ ')' -%}
    {%- set groups = working_table(target_relation, 'groups') -%}
    {%- set changed_groups = working_table(target_relation, 'changed_groups') -%}
    {%- do create_working_table(groups, graph_groups_sql(edges)) -%}
    {%- do create_working_table(changed_groups, graph_changed_groups_sql(groups, state_groups)) -%}
    {%- if value_of('select count(*) from ' ~ changed_groups) | int == 0 -%}
        {{ return(none) }}
    {%- endif -%}

    {%- set current = working_table(target_relation, 'current') -%}
    {%- set added = working_table(target_relation, 'added') -%}
    {%- set removed = working_table(target_relation, 'removed') -%}
    {%- set in_changed = ' where edge_group in (select edge_group from ' ~ changed_groups ~ ')' -%}
    {%- set before = '(select * from ' ~ state_edges ~ in_changed ~ ')' -%}
    {%- do create_working_table(current, 'select * from ' ~ edges ~ ' as edges' ~ in_changed) -%}
    {%- do create_working_table(added, graph_difference_sql(current, before)) -%}
    {%- do create_working_table(removed, graph_difference_sql(before, current)) -%}

    {%- if value_of('select count(*) from ' ~ removed) | int > 0 -%}
        {%- set split = working_table(target_relation, 'split') -%}
        {%- set split_edges = working_table(target_relation, 'split_edges') -%}
        {%- set split_labels = working_table(target_relation, 'split_labels') -%}
        {%- do create_working_table(split, graph_components_of_sql(target_relation, removed)) -%}
        {%- do create_working_table(split_edges, graph_edges_within_sql(target_relation, split, edges)) -%}
        {%- do create_working_table(split_labels, component_labels_sql(split, split_edges, is_step=true)) -%}
        {%- do run_query(
            'delete from ' ~ target_relation ~ ' where component in (select component from ' ~ split ~ ')'
        ) -%}
        {%- do run_query('insert into ' ~ target_relation ~ ' select node, component from ' ~ split_labels) -%}
    {%- endif -%}

    {%- if value_of('select count(*) from ' ~ added) | int > 0 -%}
        {%- set tied = working_table(target_relation, 'tied') -%}
        {%- set tied_edges = working_table(target_relation, 'tied_edges') -%}
        {%- set tied_labels = working_table(target_relation, 'tied_labels') -%}
        {%- do create_working_table(tied_edges, graph_edges_between_sql(target_relation, added)) -%}
        {%- do create_working_table(tied_labels, component_labels_sql(tied, tied_edges, is_step=true)) -%}
        {%- do run_query(graph_insert_nodes_sql(target_relation, tied_labels)) -%}
        {%- do run_query(graph_move_labels_sql(target_relation, tied_labels)) -%}
    {%- endif -%}

    {%- do run_query('delete from ' ~ state_edges ~ in_changed) -%}
    {%- do run_query('insert into ' ~ state_edges ~ ' select * from ' ~ current) -%}
    {%- do drop_working_table(state_groups) -%}
    {%- do create_working_table(state_groups, 'select * from ' ~ groups) -%}
{%- endmacro %}

{% macro graph_changed_groups_sql(groups, state_groups) %}
    select coalesce(now.edge_group, before.edge_group) as edge_group
    from {{ groups }} as now
    full join {{ state_groups }} as before
        on now.edge_group = before.edge_group
    where
        now.edge_group is null
        or before.edge_group is null
        or now.edge_count <> before.edge_count
        or now.edge_digest <> before.edge_digest
{% endmacro %}

{% macro graph_difference_sql(edges, other_edges) %}
    select
        edges.node_a,
        edges.node_b
    from {{ edges }} as edges
    left join {{ other_edges }} as other_edges
        on
            edges.node_a = other_edges.node_a
            and edges.node_b = other_edges.node_b
    where other_edges.node_a is null
    group by
        edges.node_a,
        edges.node_b
{% endmacro %}

{% macro graph_components_of_sql(labels, edges) %}
    select labels.component
    from {{ labels }} as labels
    inner join {{ edges }} as edges on labels.node = edges.node_a
    group by labels.component
{% endmacro %}

{% macro graph_edges_within_sql(labels, components, edges) %}
    select
        edges.node_a,
        edges.node_b
    from {{ edges }} as edges
    inner join {{ labels }} as labels_a on edges.node_a = labels_a.node
    inner join {{ components }} as components_a on labels_a.component = components_a.component
    inner join {{ labels }} as labels_b on edges.node_b = labels_b.node
    inner join {{ components }} as components_b on labels_b.component = components_b.component
{% endmacro %}

{#- The added edges between labels of now; a node that is new is its own label. -#}
{% macro graph_edges_between_sql(labels, added) %}
    select
        coalesce(labels_a.component, added.node_a) as node_a,
        coalesce(labels_b.component, added.node_b) as node_b
    from {{ added }} as added
    left join {{ labels }} as labels_a on added.node_a = labels_a.node
    left join {{ labels }} as labels_b on added.node_b = labels_b.node
{% endmacro %}

{% macro graph_insert_nodes_sql(labels, tied_labels) %}
    insert into {{ labels }}
    select
        tied_labels.node,
        tied_labels.component
    from {{ tied_labels }} as tied_labels
    left join {{ labels }} as labels on tied_labels.node = labels.node
    where labels.node is null
{% endmacro %}

{% macro graph_move_labels_sql(labels, tied_labels) %}
    update {{ labels }} as labels
    set component = tied_labels.component
    from {{ tied_labels }} as tied_labels
    where
        labels.component = tied_labels.node
        and labels.component <> tied_labels.component
{% endmacro %}
