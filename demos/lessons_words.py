"""The words of the tab Lessons: (English, Traditional Chinese)."""

LESSONS = {
    "tab_lessons": ("Lessons", "課程"),
    "lesson_code": ("The lines of code that do it", "實際計算的程式碼"),
    "lesson_place": ("{file}, line {line}", "{file}，第 {line} 行"),
    "lesson_or": ("{first} or {last}", "{first} 或 {last}"),
    "lesson_times": ("{cells} cells {count}×", "{cells} 格各 {count} 次"),
    # stride and kernel
    "q_stride": ("Why a kernel of 4 for a stride of 2?", "步長 2，為什麼卷積窗是 4？"),
    "lead_stride": (
        "A stride of 2 is convolution and pooling in one. But a kernel that is no multiple of the stride counts some "
        "cells more often than others.",
        "步長 2 的卷積，就像「卷積＋池化」。但如果卷積窗不是步長的整數倍，有些格子會多算幾次，有些格子會少算幾次。",
    ),
    "stride_example": ("Kernel {kernel}, stride {stride}", "卷積窗 {kernel}、步長 {stride}"),
    "kernel": ("Kernel", "卷積窗（kernel）"),
    "stride": ("Stride", "步長（stride）"),
    "cells": ("Input cells a side", "輸入每邊幾格"),
    "stride_even": ("Even.", "平均。"),
    "stride_uneven": ("Uneven.", "不平均。"),
    "stride_even_said": (
        "Away from the border every cell is written {counts} times.",
        "邊緣以外，每一格都寫了 {counts} 次。",
    ),
    "stride_uneven_said": (
        "Away from the border a cell is written {counts} times, depending on where it lies.",
        "邊緣以外，依位置不同，有的格子寫了 {counts} 次。",
    ),
    "stride_multiple": (
        "{kernel} is a multiple of {stride}.",
        "{kernel} 是 {stride} 的整數倍。",
    ),
    "stride_no_multiple": (
        "{kernel} is no multiple of {stride}.",
        "{kernel} 不是 {stride} 的整數倍。",
    ),
    "stride_holes": (
        "A kernel of {kernel} cannot even bridge a stride of {stride}: holes stay.",
        "卷積窗 {kernel} 連步長 {stride} 都跨不過去，留下了空洞。",
    ),
    "stride_small": (
        "With so few cells all of them lie at the border: choose more input cells.",
        "格子太少，全部都在邊緣：請把輸入調大一點。",
    ),
    "stride_up": ("Creating: {a} × {a} become {b} × {b}", "創作（轉置卷積）：{a} × {a} 變成 {b} × {b}"),
    "stride_down_none": ("Recognising", "辨識（卷積）"),
    "stride_down": ("Recognising: {a} × {a} become {b} × {b}", "辨識（卷積）：{a} × {a} 變成 {b} × {b}"),
    "stride_up_alt": (
        "How often a transposed convolution writes each output cell: {listing}",
        "轉置卷積寫每個輸出格子的次數：{listing}",
    ),
    "stride_down_alt": (
        "How often a convolution reads each input cell: {listing}",
        "卷積讀每個輸入格子的次數：{listing}",
    ),
    "stride_rest": ("never read: the last {count} of the rows and columns", "最後 {count} 列與行從來沒被讀到"),
    "stride_too_large": (
        "A kernel of {kernel} does not fit into {size} cells: choose a smaller kernel or more cells.",
        "卷積窗 {kernel} 放不進 {size} 格：請縮小卷積窗，或加大輸入。",
    ),
    "stride_pictures": ("What that does to a picture", "這對圖片有什麼影響"),
    "stride_grey": ("a plain grey, enlarged with equal weights", "一片均勻的灰，用相同的權重放大"),
    "stride_house": ("a map, enlarged the same way", "一張地圖，用同樣的方式放大"),
    "bad_kernel": ("A kernel is a whole number from {low} to {high}.", "卷積窗是 {low} 到 {high} 的整數。"),
    "bad_stride": ("A stride is a whole number from {low} to {high}.", "步長是 {low} 到 {high} 的整數。"),
    "bad_size": ("Choose {low} to {high} input cells.", "輸入每邊請選 {low} 到 {high} 格。"),
    # old losses
    "q_losses": ("Why do the old losses blur?", "為什麼傳統的 Loss 會模糊？"),
    "lead_losses": (
        "One drawing has several true answers, but a network gives one. MSE and MAE compare it with all of them, pixel "
        "by pixel. The course calls the best answer to both an average; exactly: the mean for MSE, the median for MAE.",
        "同一張草圖可以有好幾個正確答案，網路卻只能給一個。MSE 與 MAE 一個一個 pixel 比較。課程把兩者的最佳解都叫「平均」；"
        "精確地說，MSE 是平均數，MAE 是中位數。",
    ),
    "agree": ("How many of the {count} true answers are the same", "{count} 個正確答案中，有幾個一樣"),
    "other_truths": ("Other true answers", "換一組正確答案"),
    "losses_sketch": ("the drawing", "草圖"),
    "losses_sketch_alt": ("The drawing: the outline of a house", "草圖：一棟房子的輪廓"),
    "losses_truth": ("truth {number}", "答案 {number}"),
    "losses_one": (
        "All truths are the same: only then is the best answer sharp under both losses.",
        "所有答案都一樣：只有這樣，兩種 Loss 的最佳解才都清楚。",
    ),
    "losses_majority": (
        "{agree} of {count} agree: the median is exactly their picture, sharp, and the other {others} leave no trace. "
        "The mean still mixes in all of them.",
        "{count} 個裡有 {agree} 個一樣：中位數正好就是它們的圖，很清楚，另外 {others} 個完全不見了；平均數還是把每一個都混進去。",
    ),
    "losses_differ": (
        "No two are the same: the mean mixes all {count}, the median takes whichever value lies in the middle, pixel by "
        "pixel. Neither is one of the true answers.",
        "{count} 個都不一樣：平均數把所有答案混在一起，中位數在每個 pixel 取中間的值。兩者都不是正確答案。",
    ),
    "losses_no_majority": (
        "{agree} of {count} are no majority: the mean mixes all of them, the median takes whichever value lies in the "
        "middle, pixel by pixel. Neither is one of the true answers.",
        "{count} 個裡只有 {agree} 個一樣，不到一半：平均數把所有答案混在一起，中位數在每個 pixel 取中間的值。"
        "兩者都不是正確答案。",
    ),
    "losses_mse": ("MSE: squared differences", "MSE：差的平方"),
    "losses_mae": ("MAE: absolute differences", "MAE：差的絕對值"),
    "losses_mean": ("the mean", "平均數"),
    "losses_median": ("the median", "中位數"),
    "losses_descent": ("found by gradient descent", "梯度下降找到的"),
    "losses_gap": (
        "{steps} steps from plain grey, {ms} ms; the two differ by at most {gap} of 255 levels.",
        "從灰色出發走 {steps} 步，{ms} 毫秒；兩張最多只差 255 階中的 {gap} 階。",
    ),
    "losses_table": ("Which answer has the least error?", "哪個答案的誤差最小？"),
    "losses_answer": ("answer", "答案"),
    "losses_col_mse": ("its MSE", "MSE 誤差"),
    "losses_col_mae": ("its MAE", "MAE 誤差"),
    "bad_truths": (
        "Sets of answers are numbered {low} to {high}: press Other true answers.",
        "答案的編號是 {low} 到 {high}：請按「換一組正確答案」。",
    ),
    "bad_agree": ("From {low} to {high} answers can be the same.", "一樣的答案可以有 {low} 到 {high} 個。"),
    # U-Net
    "q_unet": ("Why must the creator look back?", "為什麼創作家要回頭看原圖？"),
    "lead_unet": (
        "On the way down the drawing shrinks to a few numbers, and where things stood is lost. A U-Net hands every "
        "earlier layer across as a condition. Both networks were trained alike; one without the connections.",
        "往下走，圖縮成少少的數字，東西原本在哪裡就忘了。U-Net 把前面抓出的原圖特徵當成條件，加到後面。"
        "兩個網路的訓練完全一樣，只差在有沒有這些連接。",
    ),
    "another_drawing": ("Another drawing", "換一張圖"),
    "unet_drawing": ("The drawing", "原圖"),
    "unet_with": ("U-Net", "有連接（U-Net）"),
    "unet_without": ("Without the connections", "沒有連接"),
    "unet_read": (
        "Drawn by code: window, door, balcony, each in its colour. Compare where they end up.",
        "用程式畫的：窗、門、陽台各有顏色。看看它們最後在哪裡。",
    ),
    "unet_bars": (
        "Below the pictures: each layer's pixels a side, squared, × its features. Arrows are the connections.",
        "圖下面是每一層：每邊像素的平方 × 特徵數。箭頭就是連接。",
    ),
    "unet_l1": ("L1 on test pictures (lower is closer)", "測試圖的 L1（越低越接近）"),
    "unet_recovery": ("Labels read back (higher is better)", "能讀回的標籤（越高越好）"),
    "unet_layers_alt": (
        "The layers: {count} times halved on the left, {count} times doubled on the right, {skips} connections across",
        "各層：左邊減半 {count} 次，右邊加倍 {count} 次，中間有 {skips} 條連接",
    ),
    "unet_layers_plain_alt": (
        "The layers: {count} times halved on the left, {count} times doubled on the right, none of {skips} connections",
        "各層：左邊減半 {count} 次，右邊加倍 {count} 次，{skips} 條連接都拿掉了",
    ),
    "bad_drawing": (
        "Drawings are numbered {low} to {high}: press Another drawing.",
        "圖的編號是 {low} 到 {high}：請按「換一張圖」。",
    ),
    # receptive field
    "q_field": ("How much does one score see?", "一個分數看到多大的區域？"),
    "lead_field": (
        "A PatchGAN gives a score for every region. Going back one layer of kernel 4, a side of r cells comes from "
        "4 + (r − 1) × stride. Choose the layers, then click a score.",
        "PatchGAN 替每個區域打分。往回一層（卷積窗 4），邊長 r 來自 4 +（r − 1）× 步長。選好層數，再點一個分數看看。",
    ),
    "field_presets": ("Layers of stride 2", "步長 2 的層數"),
    "field_paper": ("the paper's critic", "論文的鑑賞家"),
    "field_strides": ("Stride of each layer", "每一層的步長"),
    "field_stride_alt": ("Layer {layer}: stride {stride}. Change it.", "第 {layer} 層：步長 {stride}，按一下切換"),
    "field_more": ("One layer more", "多一層"),
    "field_less": ("One layer less", "少一層"),
    "field_map": ("{count} × {count} scores: click one", "{count} × {count} 個分數：點一個"),
    "field_map_keys": (
        "Map of {count} by {count} scores. The arrow keys choose another score, with Shift in longer steps.",
        "{count} × {count} 的分數圖。用方向鍵換一個分數，加 Shift 走大步。",
    ),
    "field_drawing": ("256 × 256 pixels, and what the score sees of them", "256 × 256 像素，以及這個分數看到的區域"),
    "field_drawing_alt": ("A drawn facade with the patch of the chosen score", "立面圖，框出所選分數看到的區域"),
    "field_col_layers": ("layers", "層數"),
    "field_col_sees": ("sees", "感受野"),
    "field_col_how": ("how", "公式"),
    "field_col_map": ("scores", "分數圖"),
    "field_said": (
        "The score in row {row}, column {column} sees {side} × {side} pixels.",
        "第 {row} 列第 {column} 行的分數看到 {side} × {side} 像素。",
    ),
    "field_agree": (
        "Measured in a network of these layers: the gradient reaches exactly the {wide} × {tall} pixels inside the picture, "
        "from x {left}, y {top}. The formula agrees.",
        "用這樣的網路實際驗證：梯度正好傳到圖內 {wide} × {tall} 個像素，從 x {left}、y {top} 開始，與公式一致。",
    ),
    "field_differ": (
        "Measured in a network of these layers: the gradient reaches {wide} × {tall} pixels, from x {left}, y {top}. "
        "The formula says otherwise.",
        "用這樣的網路實際驗證：梯度傳到 {wide} × {tall} 個像素，從 x {left}、y {top} 開始，與公式不一致。",
    ),
    "field_padding": (
        "{share} of the patch lies outside: padding of zeros.",
        "其中 {share} 在圖外，是補上的 0。",
    ),
    "field_cut": ("What it sees", "它看到的"),
    "field_cut_alt": ("The patch of {side} pixels a side, padding left clear", "邊長 {side} 像素的區域，補 0 的部分留空"),
    "field_felt": ("How strongly it feels each pixel (random weights)", "它對每個像素多敏感（隨機權重）"),
    "field_felt_alt": ("The gradient of the score, white where it is strong", "分數的梯度，越白越強"),
    "bad_strides": (
        "A critic has 1 to {high} layers, each with a stride of 1 or 2.",
        "鑑賞家有 1 到 {high} 層，每層步長是 1 或 2。",
    ),
    "bad_score": ("Choose a score by its row and column, {low} to {high}.", "請用列與行選一個分數，{low} 到 {high}。"),
}  # fmt: skip
