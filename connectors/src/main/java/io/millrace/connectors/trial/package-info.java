/** Usage rated without a node: from its bytes to what it comes to, by the engine a node has. */
@NullMarked
package io.millrace.connectors.trial;

import org.jspecify.annotations.NullMarked;
