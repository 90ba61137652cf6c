"""The sentences on the pages (English, Traditional Chinese): what a section shows, what was measured, what went wrong."""

SENTENCES = {
    # under the questions
    "lead_make": (
        "The creator (generator) turns {noise} random numbers, its inspiration, into a picture. "
        "The critic (discriminator) grades it: 0 is fake, 1 is real.",
        "創作家（Generator）把 {noise} 個隨機數字，也就是靈感，變成一張圖。鑑賞家（Discriminator）替它評分：0 是假，1 是真。",
    ),
    "lead_between": (
        "Slide from one inspiration to another. Every point between them is an inspiration too, and makes a picture.",
        "從一個靈感滑到另一個靈感。中間的每一點也是靈感，也能變成作品。",
    ),
    "lead_grow": (
        "Recognising shrinks by combining; creating grows by expanding. Follow one inspiration layer by layer: "
        "pick another picture in the grid above.",
        "辨識是「組合」，所以越來越小；創作是「擴充」，所以越來越大。跟著一個靈感一層一層看；"
        "點上面的任何一張圖就能換一個靈感。",
    ),
    "lead_film": (
        "The same inspirations from the first step to the last. A GAN's losses do not keep falling: they settle, "
        "and that is when to look at the pictures and stop.",
        "同一組靈感，從第一步到最後一步。GAN 的 Loss 不會一直下降，而是停在穩定的狀態；"
        "這時候就看看作品合不合理，再決定停下來。",
    ),
    "lead_bn": (
        "The course warns that without Batch Normalization a creator may write only the easy digits. "
        "Two trained models, the same inspirations, and what a digit classifier counted.",
        "課程提醒：沒有 Batch Normalization，創作家可能只挑好寫的數字。"
        "這裡是兩個訓練好的模型、同一組靈感，以及數字分類器數出來的結果。",
    ),
    "lead_cgan": (
        "The label is a filter that multiplies: positive where something should be, negative where it should not. "
        "Choose what the creator makes.",
        "Label 像一個相乘的過濾器：該出現的給正分數，不該出現的給負分數。由你決定創作家要創作什麼。",
    ),
    "lead_dcgan": (
        "The same inspirations through a creator of dense layers and a creator of convolutions. "
        "Lone dots hardly matter to a dense critic, so nobody wipes them away.",
        "同一組靈感，分別交給 MLP 與卷積的創作家。單獨的雜點不影響 MLP 鑑賞家分辨真假，所以沒有人會去抑制它。",
    ),
    "lead_hand": (
        "Draw on the black board with a finger or the mouse. Your drawing is scaled and centred like the training "
        "pictures, then judged.",
        "用手指或滑鼠在黑板上畫。你的圖會像訓練資料一樣縮放、置中，再交給鑑賞家評分。",
    ),
    "lead_zoo": (
        "Every model on this machine: those that come with ganzoo and the ones you trained in runs/. "
        "Choose one to read its card.",
        "這台機器上的所有模型：ganzoo 內建的，還有你在 runs/ 訓練的。選一個來看它的模型卡。",
    ),
    # make
    "grid_label": ("Pictures made from inspiration {seed}", "靈感 {seed} 的作品"),
    "grid_note": ("Under each picture: the critic's score, 0 fake … 1 real.", "每張圖下面是鑑賞家的評分：0 假 … 1 真。"),
    "made_in": ("{count} pictures by {name}, made and judged in {ms} ms", "{name} 的 {count} 張作品，創作加評分共 {ms} 毫秒"),
    "cell_alt": (
        "Picture {number}: the critic says {score}. Follow this one.",
        "第 {number} 張：鑑賞家給 {score} 分。跟著這一張看。",
    ),
    "between_alt": ("Picture {share} percent of the way from A to B", "從 A 到 B 的 {share}% 處的作品"),
    # grow
    "stage_alt": ("{count} numbers as a square of coloured cells", "{count} 個數字排成的彩色方格"),
    "stage_picture_alt": ("The finished picture", "完成的作品"),
    "stage_maps": ("{shown} of {count} feature maps", "{count} 張特徵圖中的 {shown} 張"),
    # film
    "film_alt": ("64 pictures of the creator after {step} training steps", "訓練 {step} 步之後，創作家的 64 張作品"),
    "film_step": ("Step {step} of {last}.", "第 {step} 步，共 {last} 步。"),
    "state_early": (
        "What the creator makes is still far from real, so the critic tells them apart easily.",
        "創作家的作品跟真的差很多，鑑賞家可以輕易分辨真偽。",
    ),
    "state_contest": (
        "The creator has improved and so has the critic; it still finds a difference.",
        "創作家進步了，鑑賞家也一起進步，還是找得到真偽的差別。",
    ),
    "state_level": (
        "Both losses rest in a narrow band: the critic has little left to learn from. If the pictures look right, stop.",
        "兩邊的 Loss 都停在一個區間：鑑賞家已經學不到什麼了。如果作品看起來合理，就可以停了。",
    ),
    # Batch Normalization
    "share_label": ("Share of each digit among 10,000 pictures", "一萬張作品中，每個數字所佔的比例"),
    "bn_measured": (
        "Measured on 10,000 pictures each: with Batch Normalization the rarest digit is {a_digit} ({a_share}), "
        "without it {b_digit} ({b_share}). {a_off}% and {b_off}% of the pictures would have to change for all ten "
        "to be equal.",
        "各測一萬張：有 BN 時最少的數字是 {a_digit}（{a_share}），沒有 BN 時是 {b_digit}（{b_share}）；"
        "要讓十個數字一樣多，分別有 {a_off}% 與 {b_off}% 的作品得換掉。",
    ),
    "bn_evener": (
        "Here the model with Batch Normalization spreads its digits more evenly.",
        "在這裡，有 BN 的模型寫得比較平均。",
    ),
    "bn_not_evener": (
        "Here the model with Batch Normalization does not spread its digits more evenly; one training run each proves "
        "little.",
        "在這裡，有 BN 的模型並沒有寫得比較平均：各訓練一次還不能當作證明。",
    ),
    "bn_all_there": (
        "Neither wrote only the easy ones: all ten digits are there in both.",
        "兩者都沒有只挑好寫的：十個數字都有。",
    ),
    # labels
    "asked_alt": ("A picture made for the label {label}", "依照 Label「{label}」創作的圖"),
    "filter_noise_alt": ("The creator's filter for {label}, 100 factors", "創作家對「{label}」的過濾，100 個倍數"),
    "filter_picture_alt": ("The critic's filter for {label}, one factor a pixel", "鑑賞家對「{label}」的過濾，每個像素一個倍數"),
    # speckles
    "speckle_here": ("speckle of these pictures: {value}%", "這幾張的雜點：{value}%"),
    "speckle_label": ("Speckle: how far from real pictures", "雜點：離真正的圖片多遠"),
    "speckle_measured": (
        "Over 10,000 pictures each, the dense creator has {mlp}% of speckle, the convolutional one {convolutions}%, real "
        "pictures {real}%.",
        "各量一萬張：MLP 的創作家雜點是 {mlp}%，卷積的是 {convolutions}%，真正的圖片是 {real}%。",
    ),
    "speckle_little": (
        "That is little: on these pictures the number hardly tells them apart, so look where the dots are.",
        "差別很小：在這些圖片上，這個數字幾乎分不出兩者，請看雜點落在哪裡。",
    ),
    "speckle_smooth": (
        "The number does not find the course's extra dots here. The dense creator misses fine texture that real pictures have; "
        "the convolutional one comes closer.",
        "在這裡，這個數字沒有量到課程說的多餘雜點：MLP 的創作家反而少了真正圖片裡的細紋，卷積的比較接近。",
    ),
    "speckle_closer": (
        "The dense creator leaves more dots than real pictures have; the convolutional one comes closer.",
        "MLP 的創作家留下的雜點比真正的圖片多，卷積的比較接近。",
    ),
    "speckle_not_closer": (
        "Here the convolutional creator comes no closer to real pictures; one training run each proves little.",
        "在這裡，卷積的創作家並沒有更接近真正的圖片：各訓練一次還不能當作證明。",
    ),
    "speckle_note": (
        "Speckle is how far each pixel lies from the median of its 3 × 3 neighbours. Edges and texture count too, so real "
        "pictures have some.",
        "雜點就是每個像素與周圍 3 × 3 的中位數相差多少。邊緣與細紋也算在內，所以真正的圖片也有一些。",
    ),
    "more_lessons": ("More in Lessons:", "課程裡還有："),
    # by hand
    "hand_believes": ("The critic takes it for real.", "鑑賞家認為是真的。"),
    "hand_doubts": ("The critic takes it for a fake.", "鑑賞家認為是假的。"),
    "hand_best": (
        "The critic believes it most as “{label}” ({score}). It was taught to tell real from fake, not to read.",
        "鑑賞家最相信它是「{label}」（{score}）。不過它學的是分辨真假，不是認字。",
    ),
    "hand_compare": (
        "For comparison: the creator's own pictures get {score} on average from this critic.",
        "比一比：這位鑑賞家給創作家的作品平均 {score} 分。",
    ),
    "hand_seen_alt": ("Your drawing as the critic sees it, 28 by 28 pixels", "鑑賞家看到的你的圖，28 × 28 像素"),
    # the zoo
    "zoo_sample_alt": ("Samples of {name}", "{name} 的作品"),
    "zoo_choose": ("Show the card of {name}", "看 {name} 的模型卡"),
    "zoo_empty": (
        "No model is here yet. Train one: python train/gan.py",
        "這裡還沒有模型。訓練一個：python train/gan.py",
    ),
    "zoo_broken": (
        "{name} is damaged and left out: train it again, or remove its folder.",
        "{name} 已損壞，先略過：請重新訓練，或刪掉它的資料夾。",
    ),
    # trouble, each with its remedy
    "no_model": (
        "The model {name} is not on this machine. Choose another, or train it with the recipes in train/.",
        "這台機器上沒有模型 {name}。請選別的，或用 train/ 裡的程式訓練一個。",
    ),
    "bad_seed": (
        "An inspiration is a whole number from {low} to {high}. Type one, or press New inspiration.",
        "靈感是 {low} 到 {high} 的整數。請輸入一個，或按「換一個靈感」。",
    ),
    "bad_pick": ("Choose a picture by its number, {low} to {high}.", "請用編號 {low} 到 {high} 選一張圖。"),
    "bad_count": ("Ask for {low} to {high} pictures.", "一次可以要 {low} 到 {high} 張圖。"),
    "bad_share": ("The share between A and B is a number from 0 to 1.", "A 與 B 之間的比例是 0 到 1 的數字。"),
    "bad_frame": ("Choose a frame by its number, {low} to {high}.", "請用編號 {low} 到 {high} 選一格影片。"),
    "bad_labels": (
        "Write one to {high} digits, each the number of a class from 0 to {most}.",
        "請寫 1 到 {high} 個數字，每個是類別編號 0 到 {most}。",
    ),
    "no_labels": ("This model takes no labels: choose Conditional GAN.", "這個模型不用 Label：請選條件式 GAN。"),
    "not_measured": (
        "Not measured yet: python train/evaluate.py fills the numbers in.",
        "還沒有測量：執行 python train/evaluate.py 就會補上數字。",
    ),
    "no_film": ("This model came without a training film. Choose another model.", "這個模型沒有訓練影片。請選別的模型。"),
    "no_drawing": ("There is no drawing to judge. Draw something on the board.", "還沒有圖可以評分。請在畫板上畫一個。"),
    "empty_drawing": ("The board is empty. Draw something on it.", "畫板是空的。請畫一個。"),
    "big_drawing": ("That drawing is too large. Use at most 1,024 pixels a side.", "這張圖太大了。每邊請不要超過 1,024 像素。"),
    "other_trouble": ("This did not work: {text}", "這一步沒有成功：模型的檔案或輸入有問題，請換一個再試。"),
}  # fmt: skip
