/** The published form of an encoder: safetensors, timm configuration, manifest. */
@NullMarked
package io.millrace.model.snapshot;

import org.jspecify.annotations.NullMarked;
