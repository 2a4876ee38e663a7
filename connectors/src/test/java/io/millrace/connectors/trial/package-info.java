/** Usage rated without a node. */
@NullMarked
package io.millrace.connectors.trial;

import org.jspecify.annotations.NullMarked;
