package io.millrace.connectors.settlement;

import io.millrace.processors.settlement.Delivery;

/**
 * A delivery that is due, with its attempt committed.
 *
 * @param tenant the tenant's id
 * @param id the outbox row
 * @param key the idempotency key
 * @param payload what is posted, the same in every attempt
 * @param step what is to be asked
 * @param attempt how many times anything was asked, this one included
 */
public record Due(
    int tenant, long id, String key, String payload, Delivery.Step step, int attempt) {}
