/** Usage events as the engine takes them: decoded, resolved, columnar. */
@NullMarked
package io.millrace.processors.usage;

import org.jspecify.annotations.NullMarked;
