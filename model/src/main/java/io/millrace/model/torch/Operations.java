package io.millrace.model.torch;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Operations that DJL lacks: casts to and from bfloat16, with gradient, singular values, and rows
 * chosen and overwritten. Results belong to the operand's manager. A bf16 array flows through DJL's
 * operations, but its data type must not be asked for.
 */
public final class Operations implements AutoCloseable {

    // 15 and 6 are PyTorch's numbers for bfloat16 and float32.
    private static final String METHODS =
            """
              def forward(self: __torch__.Operations, x: Tensor) -> Tensor:
                return torch.to(x, 15)
              def fp32(self: __torch__.Operations, x: Tensor) -> Tensor:
                return torch.to(x, 6)
              def replaceRows(self: __torch__.Operations, x: Tensor, rows: Tensor, y: Tensor) -> Tensor:
                return torch.index_copy_(x, 0, rows, y)
              def rows(self: __torch__.Operations, x: Tensor, rows: Tensor) -> Tensor:
                return torch.index_select(x, 0, rows)
              def svdvals(self: __torch__.Operations, x: Tensor) -> Tensor:
                return torch.linalg_svdvals(x)
            """;

    private final Model model;
    private final Block block;
    private final ParameterStore noParameters;
    private final NDArray fp32;
    private final NDArray svdvals;
    private final NDArray replaceRows;
    private final NDArray rows;

    Operations(NDManager manager) {
        model = Model.newInstance("operations", manager.getDevice(), Torch.ENGINE);
        try {
            model.load(new ByteArrayInputStream(TorchScript.archive(METHODS)));
        } catch (IOException e) {
            throw new UncheckedIOException("PyTorch could not read the operations' archive", e);
        } catch (MalformedModelException e) {
            throw new IllegalStateException("PyTorch refused the operations' archive", e);
        }
        block = model.getBlock();
        noParameters = new ParameterStore(manager, false);
        fp32 = manager.create(0f);
        fp32.setName("module_method:fp32");
        svdvals = manager.create(0f);
        svdvals.setName("module_method:svdvals");
        replaceRows = manager.create(0f);
        replaceRows.setName("module_method:replaceRows");
        rows = manager.create(0f);
        rows.setName("module_method:rows");
    }

    /** Returns x rounded to bfloat16; the gradient comes back in x's type. */
    public NDArray toBf16(NDArray x) {
        return block.forward(noParameters, new NDList(x), true).singletonOrThrow();
    }

    /** Returns x as float32; the gradient comes back in x's type. */
    public NDArray toFp32(NDArray x) {
        return block.forward(noParameters, new NDList(x, fp32), true).singletonOrThrow();
    }

    /** Returns the singular values of a matrix (N, C), the largest first: (min(N, C)). */
    public NDArray singularValues(NDArray x) {
        return block.forward(noParameters, new NDList(x, svdvals), true).singletonOrThrow();
    }

    /**
     * Returns rows of an array, which DJL's index gathers number by number.
     *
     * @param x (M, ...)
     * @param chosen which rows: (N), INT64
     * @return (N, ...)
     */
    public NDArray rows(NDArray x, NDArray chosen) {
        return block.forward(noParameters, new NDList(x, chosen, rows), true).singletonOrThrow();
    }

    /**
     * Overwrites rows of a matrix in place.
     *
     * @param x (M, D)
     * @param rows which rows, each at most once: (N), INT64
     * @param y their new values: (N, D)
     */
    public void replaceRows(NDArray x, NDArray rows, NDArray y) {
        block.forward(noParameters, new NDList(x, rows, y, replaceRows), true)
                .singletonOrThrow()
                .close();
    }

    @Override
    public void close() {
        rows.close();
        replaceRows.close();
        svdvals.close();
        fp32.close();
        model.close();
    }
}
