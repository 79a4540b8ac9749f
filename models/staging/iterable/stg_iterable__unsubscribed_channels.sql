{# One row per landed row of iterable.user_unsubscribed_channel. Feeds
   int_iterable__unsubscribed_channels. #}
{{ stage_iterable_unsubscriptions('channel') }}
