{# One row per landed row of iterable.user_unsubscribed_message_type_history. Feeds int_iterable__consents. #}
{{ stage_iterable_unsubscriptions('user_unsubscribed_message_type_history', 'message_type') }}
