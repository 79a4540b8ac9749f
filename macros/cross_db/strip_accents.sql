{#- Latin letters without their marks. One portable body, so that both engines give the same bytes. -#}
{% macro strip_accents(expression) -%}
    translate(
        {{ expression }},
        'áàâäãåāąéèêëēęėíìîïīįóòôöõøōúùûüūůñńçćčśšžźżýÿłđğßÁÀÂÄÃÅĀĄÉÈÊËĒĘĖÍÌÎÏĪĮÓÒÔÖÕØŌÚÙÛÜŪŮÑŃÇĆČŚŠŽŹŻÝŸŁĐĞ',
        'aaaaaaaaeeeeeeeiiiiiiooooooouuuuuunncccsszzzyyldgsAAAAAAAAEEEEEEEIIIIIIOOOOOOOUUUUUUNNCCCSSZZZYYLDG'
    )
{%- endmacro %}
