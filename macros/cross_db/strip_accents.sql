{#- Latin letters without their marks. One portable body, so that both engines give the same bytes;
    translate() is slow, so plain ASCII text does not go through it. -#}
{% macro strip_accents(expression) -%}
    case
        when {{ regex_matches(expression, '[^\\x00-\\x7f]') }}
            then translate(
                {{ expression }},
                'áàâäãåāąéèêëēęėěíìîïīįıóòôöõøōőúùûüūůűñńňçćčśšșşžźżýÿłđðďğřťțßÁÀÂÄÃÅĀĄÉÈÊËĒĘĖĚÍÌÎÏĪĮİÓÒÔÖÕØŌŐÚÙÛÜŪŮŰÑŃŇÇĆČŚŠȘŞŽŹŻÝŸŁĐÐĎĞŘŤȚ',
                'aaaaaaaaeeeeeeeeiiiiiiioooooooouuuuuuunnncccsssszzzyyldddgrttsAAAAAAAAEEEEEEEEIIIIIIIOOOOOOOOUUUUUUUNNNCCCSSSSZZZYYLDDDGRTT'
            )
        else {{ expression }}
    end
{%- endmacro %}
