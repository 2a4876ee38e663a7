/**
 * MQTT 5 as a source that acknowledges after the commit: Camel's {@code paho-mqtt5} endpoint and
 * producer with a consumer of our own, because the one that comes with it loses messages at its
 * start and stands still after a reconnect.
 */
@NullMarked
package io.millrace.connectors.mqtt;

import org.jspecify.annotations.NullMarked;
