/**
 * The shards of a node: who owns them, how a drain becomes one commit, how a shard comes back.
 * Decides nothing about money: {@link io.millrace.processors.shard.Shard} does.
 */
@NullMarked
package io.millrace.connectors.shard;

import org.jspecify.annotations.NullMarked;
