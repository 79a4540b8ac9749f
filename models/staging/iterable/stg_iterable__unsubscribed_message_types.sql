{# One row per landed row of iterable.user_unsubscribed_message_type. Feeds
   int_iterable__unsubscribed_message_types. #}
{{ stage_iterable_unsubscriptions('message_type') }}
