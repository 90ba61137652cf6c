"""The words of the stages that compute when they are first seen: (English, Traditional Chinese)."""

LATER = {
    "lesson_wait": ("Computing …", "計算中……"),
    # with and without Batch Normalization
    "bn_centres": ("How far from 0 the units before the last layer lie on average", "最後一層之前，每個神經元的平均離 0 多遠"),
    "bn_units": ("{count} units, nearest first", "{count} 個神經元，由近到遠"),
    "bn_centres_said": (
        "Batch Normalization pulls the values back: measured on {count} inspirations, no unit's average lies farther than {a} "
        "from 0. Without it, the farthest reaches {b}.",
        "Batch Normalization 把數值拉回來：用 {count} 個靈感測量，每個神經元的平均離 0 最遠只有 {a}；沒有它，最遠到 {b}。",
    ),
    "bn_centres_not": (
        "Measured on {count} inspirations, the farthest unit's average lies {a} from 0 with Batch Normalization and {b} without: "
        "here it did not pull the values closer.",
        "用 {count} 個靈感測量，神經元的平均離 0 最遠：有 BN 是 {a}，沒有是 {b}。在這裡，它並沒有把數值拉得更近。",
    ),
    # dots and strokes
    "mlp_set": ("Pictures", "圖片"),
    "mlp_where": ("Where the speckles are", "雜點在哪裡"),
    "mlp_dots": ("speckle {value}%", "雜點 {value}%"),
    "mlp_dots_alt": ("Speckles of picture {number}, four times brighter", "第 {number} 張的雜點，放亮四倍"),
    # the label
    "q_label": ("How does one network make ten things?", "一個網路，怎麼創作十種東西？"),
    "lead_label": (
        "The label is a filter that multiplies. The creator filters its inspiration before it begins; the critic filters the "
        "picture, position by position, before it judges.",
        "Label 像一個相乘的過濾器。創作家在開始之前先過濾靈感；鑑賞家在評分之前，把圖一個位置一個位置地過濾。",
    ),
    "label_choice": ("Label", "Label"),
    "label_said": (
        "Under the label {label}, {turned} of the inspiration's 100 numbers change their sign, and {flat} shrink to less than "
        "half. What is left says {label}.",
        "換上 Label「{label}」，靈感的 100 個數字有 {turned} 變號，{flat} 縮到一半以下；剩下的就是「{label}」。",
    ),
    "label_creator": ("The creator filters the inspiration", "創作家過濾靈感"),
    "label_critic": ("The critic filters the picture", "鑑賞家過濾圖片"),
    "label_noise": ("the inspiration", "靈感"),
    "label_creator_filter": ("the filter of {label}", "「{label}」的過濾器"),
    "label_after": ("what is left of it", "過濾之後"),
    "label_picture": ("its picture", "作品"),
    "label_critic_filter": ("the critic's filter of {label}", "鑑賞家對「{label}」的過濾器"),
    "label_seen": ("what the critic judges", "鑑賞家評分的對象"),
    "bad_label": ("A label is a whole number from 0 to {most}: choose one.", "Label 是 0 到 {most} 的整數：請選一個。"),
    # dying units
    "q_relu": ("Why does a neuron die?", "神經元為什麼會死？"),
    "lead_relu": (
        "A ReLU unit that is below zero for every picture passes no gradient, so it cannot learn its way back; only a change in "
        "the layer before can wake it. LeakyReLU keeps a slope of 0.2. Two small networks, alike but for that, learn to read "
        "1,024 digits of our own creator.",
        "ReLU 的神經元如果對每一張圖都小於零，就沒有梯度，自己學不回來，只有前一層的改變才能叫醒它。LeakyReLU 保留 0.2 的斜率。"
        "兩個小網路只差在這裡，一起學認 1,024 張我們的創作家寫的數字。",
    ),
    "relu_rate": ("Learning rate", "學習率"),
    "relu_relu": ("ReLU", "ReLU"),
    "relu_leaky_relu": ("LeakyReLU 0.2", "LeakyReLU 0.2"),
    "relu_silent": ("Units that are silent for all pictures", "對所有圖片都沉默的神經元"),
    "relu_said": (
        "{kind}: {share} of the units silent at the end, {back} times one came back; {right} of the digits read rightly.",
        "{kind}：最後有 {share} 的神經元沉默，回來過 {back} 次；認對 {right} 的數字。",
    ),
    "relu_more": (
        "With ReLU more units stay silent. A larger learning rate pushes more of them over the edge.",
        "用 ReLU，沉默的神經元比較多。學習率越大，越多神經元被推過去。",
    ),
    "relu_even": (
        "At this learning rate ReLU leaves no more units silent than LeakyReLU.",
        "在這個學習率，ReLU 沉默的神經元並沒有比 LeakyReLU 多。",
    ),
    "bad_rate": ("Choose one of these learning rates: {known}.", "請選其中一個學習率：{known}。"),
    # friction
    "q_friction": ("Why a beta1 of 0.5?", "beta1 為什麼是 0.5？"),
    "lead_friction": (
        "Adam keeps some speed from step to step, and beta1 is how much: the friction. A GAN's goal moves, because the other "
        "network learns too; who cannot brake runs past it.",
        "Adam 每一步都保留一些速度，beta1 就是保留多少，像摩擦力。GAN 的目標會動，因為對方也在學；煞不住的就會衝過頭。",
    ),
    "beta1": ("Your beta1, beside the course's 0.5", "你的 beta1，與課程的 0.5 比較"),
    "friction_speed": ("Speed after the push has ended", "不再推之後的速度"),
    "friction_steps": ("{count} steps later", "{count} 步之後"),
    "friction_left": (
        "One step after the push, beta1 {beta1} still has {share} of its speed; the course's 0.5 has {course}.",
        "停止推的下一步，beta1 {beta1} 還有 {share} 的速度；課程的 0.5 只剩 {course}。",
    ),
    "friction_game": ("The smallest GAN: one number against one number", "最小的 GAN：一個數字對一個數字"),
    "friction_farther": (
        "Every real picture is the number 0, and both should come to rest there. After {steps} steps beta1 {beta1} is still "
        "{far} away, 0.5 only {course} (mean of the last 100 steps).",
        "真正的樣本都是數字 0，兩者應該停在那裡。{steps} 步之後，beta1 {beta1} 還差 {far}，0.5 只差 {course}"
        "（最後 100 步的平均）。",
    ),
    "friction_closer": (
        "Every real picture is the number 0, and both should come to rest there. After {steps} steps beta1 {beta1} is {far} "
        "away, no farther than 0.5 with {course} (mean of the last 100 steps).",
        "真正的樣本都是數字 0，兩者應該停在那裡。{steps} 步之後，beta1 {beta1} 差 {far}，沒有比 0.5 的 {course} 遠"
        "（最後 100 步的平均）。",
    ),
    "friction_same": (
        "Every real picture is the number 0, and both should come to rest there. After {steps} steps 0.5 is {course} away (mean "
        "of the last 100 steps). Choose another beta1 to compare.",
        "真正的樣本都是數字 0，兩者應該停在那裡。{steps} 步之後，0.5 差 {course}（最後 100 步的平均）。換一個 beta1 比比看。",
    ),
    "friction_track_alt": (
        "The track of creator and critic with beta1 {beta1}: {steps} steps, at last {far} away from the goal",
        "beta1 {beta1} 時創作家與鑑賞家的軌跡：{steps} 步，最後離目標 {far}",
    ),
    "bad_beta1": ("beta1 is a number from {low} to {high}.", "beta1 是 {low} 到 {high} 的數字。"),
}  # fmt: skip
