{# One row per landed row of iterable.user_unsubscribed_message_type. Feeds int_iterable__consents. #}
{{ stage_iterable_unsubscriptions('user_unsubscribed_message_type', 'message_type') }}
