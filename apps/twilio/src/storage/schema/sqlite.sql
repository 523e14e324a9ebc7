CREATE TABLE "sms_admin_account" (
  "name" text not null primary key,
  "password_hash" text not null,
  "role" text not null,
  "created_at" bigint not null,
  "changed_at" bigint not null
);
CREATE TABLE "sms_admin_session" (
  "id_hash" text not null primary key,
  "name" text not null,
  "created_at" bigint not null,
  "seen_at" bigint not null
);
CREATE INDEX "sms_admin_session_name" on "sms_admin_session" ("name");
CREATE TABLE "sms_api_key" (
  "id" text not null primary key,
  "name" text not null,
  "key_hash" text not null unique,
  "scopes" text not null,
  "created_at" bigint not null,
  "revoked_at" bigint
);
CREATE TABLE "sms_audit" (
  "id" integer primary key autoincrement,
  "actor" text not null,
  "action" text not null,
  "subject" text not null,
  "detail" text,
  "created_at" bigint not null
);
CREATE INDEX "sms_audit_subject" on "sms_audit" ("subject", "id");
CREATE TABLE "sms_cursor" (
  "name" text not null primary key,
  "position" text not null,
  "updated_at" bigint not null
);
CREATE TABLE "sms_event" (
  "id" integer primary key autoincrement,
  "message_id" text,
  "provider_msg_id" text,
  "status" text not null,
  "source" text not null,
  "applied" integer not null,
  "error_code" integer,
  "detail" text,
  "attempt" integer,
  "dedupe_key" text,
  "created_at" bigint not null
);
CREATE UNIQUE INDEX "sms_event_dedupe_key" on "sms_event" ("dedupe_key") where "dedupe_key" is not null;
CREATE INDEX "sms_event_message_id" on "sms_event" ("message_id") where "message_id" is not null;
CREATE INDEX "sms_event_orphan" on "sms_event" ("provider_msg_id") where "message_id" is null;
CREATE TABLE "sms_hourly" (
  "hour" bigint not null,
  "name" text not null,
  "amount" bigint not null, constraint "sms_hourly_pkey" primary key ("hour",
  "name")
);
CREATE TABLE "sms_lease" (
  "name" text not null primary key,
  "holder" text not null,
  "lease_until" bigint not null
);
CREATE TABLE "sms_log" (
  "id" text not null primary key,
  "channel" text not null,
  "direction" text not null,
  "to_phone" text not null,
  "from_phone" text,
  "messaging_service_sid" text,
  "message" text not null,
  "media_urls" text,
  "status" text not null,
  "status_rank" integer not null,
  "provider_msg_id" text,
  "error_code" integer,
  "num_segments" integer,
  "price" text,
  "price_unit" text,
  "priority" integer not null,
  "verification_id" text,
  "metadata" text,
  "send_at" bigint,
  "expires_at" bigint not null,
  "attempts" integer not null,
  "attempted_at" bigint,
  "next_at" bigint,
  "polls" integer not null,
  "last_event_time" bigint,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "idempotency_key" text,
  "request_hash" text,
  "lapses" integer default 0 not null,
  "resend_of" text
);
CREATE INDEX "sms_log_error_code" on "sms_log" ("error_code", "id") where "error_code" is not null;
CREATE INDEX "sms_log_expiring" on "sms_log" ("expires_at") where status in ('SCHEDULED', 'QUEUED');
CREATE INDEX "sms_log_failed" on "sms_log" ("id") where status in ('FAILED', 'UNDELIVERED', 'EXPIRED');
CREATE UNIQUE INDEX "sms_log_idempotency_key" on "sms_log" ("idempotency_key") where "idempotency_key" is not null;
CREATE INDEX "sms_log_inbound" on "sms_log" ("id") where direction = 'inbound';
CREATE INDEX "sms_log_inbound_from" on "sms_log" ("from_phone", "id") where "direction" = 'inbound';
CREATE INDEX "sms_log_not_arrived" on "sms_log" ("id") where status in ('UNDELIVERED', 'FAILED', 'CANCELED', 'EXPIRED');
CREATE UNIQUE INDEX "sms_log_provider_msg_id" on "sms_log" ("provider_msg_id") where "provider_msg_id" is not null;
CREATE INDEX "sms_log_resend_of" on "sms_log" ("resend_of") where "resend_of" is not null;
CREATE INDEX "sms_log_rivals" on "sms_log" ("to_phone") where "status_rank" = 1;
CREATE INDEX "sms_log_running" on "sms_log" ("status", "next_at") where "status_rank" = 1;
CREATE INDEX "sms_log_to_phone" on "sms_log" ("to_phone", "id");
CREATE INDEX "sms_log_unsettled" on "sms_log" ("next_at") where status_rank >= 2 and next_at is not null;
CREATE INDEX "sms_log_waiting" on "sms_log" ("priority", "next_at") where "status_rank" = 0;
CREATE TABLE "sms_migration" (
  "name" text not null primary key,
  "applied_at" bigint not null
);
CREATE TABLE "sms_opt_out" (
  "phone" text not null,
  "sender" text default '' not null,
  "source" text default 'host' not null,
  "reason" text not null,
  "created_at" bigint not null, constraint "sms_opt_out_pkey" primary key ("phone",
  "sender")
);
CREATE INDEX "sms_opt_out_created_at" on "sms_opt_out" ("created_at", "phone", "sender");
CREATE TABLE "sms_parked_event" (
  "consumer" text not null,
  "event_id" text not null,
  "event_type" text not null,
  "attempts" integer not null,
  "error" text not null,
  "parked_at" bigint not null,
  "retry_at" bigint, constraint "sms_parked_event_pkey" primary key ("consumer",
  "event_id")
);
CREATE TABLE "sms_throttle" (
  "key" text not null primary key,
  "hits" text not null,
  "expires_at" bigint not null
);
CREATE INDEX "sms_throttle_expires_at" on "sms_throttle" ("expires_at");
CREATE TABLE "sms_verification" (
  "id" text not null primary key,
  "to_phone" text not null,
  "purpose" text not null,
  "channel" text not null,
  "locale" text,
  "backend" text not null,
  "status" text not null,
  "provider_sid" text,
  "secret_id" text,
  "client_key" text,
  "sends" integer not null,
  "attempts" integer not null,
  "last_sent_at" bigint not null,
  "expires_at" bigint not null,
  "ended_at" bigint,
  "created_at" bigint not null
);
CREATE INDEX "sms_verification_expiring" on "sms_verification" ("expires_at") where status = 'pending';
CREATE INDEX "sms_verification_pending" on "sms_verification" ("to_phone", "purpose", "created_at") where status = 'pending';
CREATE TABLE "sms_verification_event" (
  "id" integer primary key autoincrement,
  "verification_id" text not null,
  "kind" text not null,
  "nth" integer not null,
  "to_phone" text not null,
  "purpose" text not null,
  "channel" text not null,
  "created_at" bigint not null
);
CREATE UNIQUE INDEX "sms_verification_event_once" on "sms_verification_event" ("verification_id", "kind", "nth");
CREATE TABLE "sms_webhook_attempt" (
  "id" text not null primary key,
  "delivery_id" text not null,
  "attempt" integer not null,
  "outcome" text not null,
  "status_code" integer,
  "duration_ms" integer not null,
  "next_at" bigint,
  "created_at" bigint not null
);
CREATE INDEX "sms_webhook_attempt_delivery_id" on "sms_webhook_attempt" ("delivery_id");
CREATE TABLE "sms_webhook_delivery" (
  "id" text not null primary key,
  "endpoint" text not null,
  "event_id" text not null,
  "event_type" text not null,
  "status" text not null,
  "attempts" integer not null,
  "next_at" bigint,
  "created_at" bigint not null,
  "ended_at" bigint
);
CREATE INDEX "sms_webhook_delivery_due" on "sms_webhook_delivery" ("endpoint", "next_at") where status = 'pending';
CREATE UNIQUE INDEX "sms_webhook_delivery_event" on "sms_webhook_delivery" ("event_id", "endpoint");
CREATE TABLE "sms_webhook_endpoint" (
  "endpoint" text not null primary key,
  "url_hash" text not null,
  "disabled_at" bigint not null
);
CREATE TABLE "sms_worker" (
  "id" text not null primary key,
  "host" text not null,
  "pid" integer not null,
  "in_flight" integer not null,
  "started_at" bigint not null,
  "beat_at" bigint not null
);
