/** Pictures of results: line charts and confusion matrices, drawn without a display. */
@NullMarked
package io.millrace.job.picture;

import org.jspecify.annotations.NullMarked;
