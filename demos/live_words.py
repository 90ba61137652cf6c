"""The words of the tab Watch it learn: (English, Traditional Chinese)."""

LIVE = {
    "tab_live": ("Watch it learn", "看它學習"),
    "q_live": ("Can you watch a creator learn?", "能親眼看創作家學會嗎？"),
    "lead_live": (
        "Press Start: a creator and a critic that know nothing begin to train on real pictures, here, on this machine. "
        "Garments show within the first minute.",
        "按下「開始」，什麼都不會的創作家與鑑賞家，就在這台機器上用真正的圖片開始訓練。一分鐘之內就看得出衣物。",
    ),
    "live_start": ("Start", "開始"),
    "live_pause": ("Pause", "暫停"),
    "live_resume": ("Resume", "繼續"),
    "live_reset": ("Start over", "重新開始"),
    # what is going on
    "live_earlier": (
        "An earlier run, after {step} rounds. Press Start, and a new one begins from nothing.",
        "這是先前的訓練，跑了 {step} 回合。按「開始」，就從零開始訓練一次。",
    ),
    "live_untrained": (
        "Two new networks. What the creator makes of its inspirations is still noise. Press Start.",
        "兩個全新的網路。創作家從靈感做出來的，現在還只是雜訊。請按「開始」。",
    ),
    "live_ready": ("Getting ready …", "準備中……"),
    "live_running": (
        "Training: round {step}, {speed} rounds a second, 64 pictures each.",
        "訓練中：第 {step} 回合，每秒 {speed} 回合，每回合 64 張圖。",
    ),
    "live_resting": ("Paused after round {step}.", "停在第 {step} 回合。"),
    "live_waiting": (
        "This server trains for {limit} visitors at once. {before} before you; yours starts by itself.",
        "這台伺服器同時替 {limit} 位訪客訓練。你前面還有 {before} 位，輪到時會自己開始。",
    ),
    "live_turn_over": (
        "Others are waiting, so your training rests after round {step}. Press Resume to queue for another turn.",
        "還有人在等，所以你的訓練先停在第 {step} 回合。按「繼續」再排一次。",
    ),
    "live_lost": (
        "Nobody was watching, so it rests after round {step}. Press Resume.",
        "剛才沒有人在看，所以停在第 {step} 回合。請按「繼續」。",
    ),
    "live_long": (
        "It has trained for half an hour and rests after round {step}. Press Resume for more.",
        "已經訓練了半小時，停在第 {step} 回合。想再練就按「繼續」。",
    ),
    "live_nan": (
        "A loss is no longer a number, so the training stopped. Choose a lower learning rate and start over.",
        "Loss 已經不是數字了，所以停止訓練。請把學習率調低，再按「重新開始」。",
    ),
    "live_broke": (
        "The training stopped after round {step}. Press Start over.",
        "訓練停在第 {step} 回合。請按「重新開始」。",
    ),
    "live_gone": (
        "Your training rested for long and was cleared. Press Start for a new one.",
        "你的訓練停太久，已經清除。請按「開始」重新訓練。",
    ),
    "live_no_digits": (
        "The digits are not on this machine and the Hub does not answer: stay with the garments, or put MNIST under "
        "$GANZOO_DATA/mnist.",
        "這台機器上沒有手寫數字，Hub 也沒有回應：請先用流行衣物，或把 MNIST 放到 $GANZOO_DATA/mnist。",
    ),
    # the stage
    "live_axis": ("round {step}", "第 {step} 回合"),
    "live_alt": (
        "64 pictures from the same inspirations, after {step} rounds",
        "同一組靈感的 64 張作品，訓練 {step} 回合之後",
    ),
    "q_live_shares": ("Does it make all ten kinds?", "十種它都會做嗎？"),
    "lead_live_shares": (
        "A classifier counts what the creator makes. The mark stands at 10%, an even share; a full bar is 50% or more.",
        "分類器數一數創作家都做些什麼。標線在 10%，也就是平均；滿格是 50% 以上。",
    ),
    "live_share": ("Counted in {count} pictures", "數了 {count} 張"),
    "live_share_none": ("Counting starts with the training.", "開始訓練後才會計算。"),
    "live_advice": ("The doctor, round {step}: {text}", "醫生（第 {step} 回合）：{text}"),
    "live_no_advice": ("No warnings so far.", "目前沒有警訊。"),
    "live_adv_nan": (
        "a loss is no longer a number. Choose a lower learning rate and start over.",
        "Loss 已經不是數字了。請把學習率調低，再按「重新開始」。",
    ),
    "live_adv_critic_wins": (
        "the critic tells real from fake almost without error, so the creator hardly learns. Make the critic weaker below.",
        "鑑賞家幾乎不會看錯，創作家就學不到東西。請在下面把鑑賞家調弱。",
    ),
    "live_adv_collapse": (
        "the creator repeats a few pictures whatever the inspiration is. Switch Batch Normalization on, or lower the "
        "learning rate.",
        "不管什麼靈感，創作家都重複那幾張。請打開 Batch Normalization，或把學習率調低。",
    ),
    "live_adv_plateau": (
        "both losses are level. If the pictures look right, stop and keep the model.",
        "兩邊的 Loss 都平穩了。如果作品看起來合理，就可以停下來，把模型留下。",
    ),
    # settings
    "q_live_dials": ("What if the rules change?", "規則變了會怎樣？"),
    "lead_live_dials": (
        "Each choice acts at once, on the training that is running. A thin line in the curves above marks every change.",
        "每個選擇都立刻作用在正在進行的訓練上。上面的曲線用一條細線標出每次改變。",
    ),
    "live_lr": ("Learning rate", "學習率"),
    "live_beta1": ("Momentum (beta1)", "動量（beta1）"),
    "live_norm": ("Batch Normalization in the creator", "創作家的 Batch Normalization"),
    "live_norm_batch": ("on", "有"),
    "live_norm_none": ("off", "沒有"),
    "live_activation": ("Activation", "激活函數"),
    "live_strength": ("Critic's learning rate", "鑑賞家的學習率"),
    "live_same": ("× 1 (the same)", "× 1（一樣）"),
    "live_changes_none": (
        "0.001 is quick; the course's 0.0002 is calmer and takes five times as long.",
        "0.001 學得快；課程的 0.0002 比較穩，但要花五倍的時間。",
    ),
    "live_changed_lr": (
        "Round {step}: learning rate {old} → {new}. Both optimizers go on with the memory they have.",
        "第 {step} 回合：學習率 {old} → {new}。兩個 Adam 保留原有的記憶，繼續前進。",
    ),
    "live_changed_beta": (
        "Round {step}: beta1 {old} → {new}. After a second, this share of the old speed is left.",
        "第 {step} 回合：beta1 {old} → {new}。這就是舊速度留下來的比例。",
    ),
    "live_changed_strength": (
        "Round {step}: the critic now learns with rate {new}.",
        "第 {step} 回合：鑑賞家的學習率現在是 {new}。",
    ),
    "live_changed_norm_on": (
        "Round {step}: Batch Normalization on. The creator is built anew, its weights are kept, the new layers start fresh: "
        "the pictures jump.",
        "第 {step} 回合：加上 Batch Normalization。創作家重新組裝，權重保留，新加的層從頭開始，所以作品會突然改變。",
    ),
    "live_changed_norm_off": (
        "Round {step}: Batch Normalization off. The creator is built anew without those layers, its other weights are kept: "
        "the pictures jump.",
        "第 {step} 回合：拿掉 Batch Normalization。創作家重新組裝，少了那些層，其他權重保留，所以作品會突然改變。",
    ),
    "live_changed_activation": (
        "Round {step}: {new} in both networks. All weights are kept; only what lies between them changed.",
        "第 {step} 回合：兩個網路都改用 {new}。權重全部保留，只換了中間的激活函數。",
    ),
    # one round
    "q_live_turn": ("What happens in one round?", "一個回合裡發生了什麼？"),
    "lead_live_turn": (
        "First the critic learns: real is 1, fake is 0. Then the creator learns: the critic should say 1. Take the two "
        "steps one at a time.",
        "第一步訓練鑑賞家：真的是 1，假的是 0。第二步訓練創作家：要讓鑑賞家說 1。在這裡一步一步來。",
    ),
    "live_critic_step": ("Critic's step", "鑑賞家走一步"),
    "live_creator_step": ("Creator's step", "創作家走一步"),
    "live_turn_example": ("A round of the earlier run.", "先前那次訓練的一個回合。"),
    "live_turn_round": ("Round {step}.", "第 {step} 回合。"),
    "live_critic_head": ("Step 1: the critic", "第一步：鑑賞家"),
    "live_creator_head": ("Step 2: the creator", "第二步：創作家"),
    "live_real_row": ("Real pictures, target 1", "真的圖片，目標 1"),
    "live_fake_row": ("The creator's, target 0", "創作家的作品，目標 0"),
    "live_before_row": ("Before its step, target 1", "走之前，目標 1"),
    "live_change_row": ("What the step changes", "這一步改了什麼"),
    "live_after_row": ("After its step, the same inspirations", "走之後（同一組靈感）"),
    "live_mean": ("mean score of 64 pictures", "64 張的平均分數"),
    "live_before_after": ("{before} → {after}", "{before} 變成 {after}"),
    "live_loss": ("loss of this step: {loss}", "這一步的 Loss：{loss}"),
    "live_not_yet": (
        "The critic has moved. Now it is the creator's turn.",
        "鑑賞家走完了，接著輪到創作家。",
    ),
    "live_score_alt": (
        "The critic says {before}, after its step {after}",
        "鑑賞家給 {before} 分，走完這一步給 {after} 分",
    ),
    "live_change_alt": ("Brighter and darker pixels", "變亮與變暗的像素"),
    "live_darker": ("darker", "變暗"),
    "live_brighter": ("brighter", "變亮"),
    # keeping it
    "q_live_keep": ("Keep what it has learned?", "要留下它學會的嗎？"),
    "lead_live_keep": (
        "Your training becomes a model folder like every other: it appears in the Zoo, opens in Create, and can be taken along.",
        "把這次訓練存成模型資料夾，跟其他模型一樣：會出現在「模型園」，能在「創作」打開，也可以帶走。",
    ),
    "live_keep": ("Keep as a model", "存成模型"),
    "live_saving": ("Saving …", "儲存中……"),
    "live_download": ("Download", "下載"),
    "live_kept": (
        "Kept as {name}, after {step} rounds. It stands in the Zoo now.",
        "已存成 {name}，訓練了 {step} 回合。現在到「模型園」就看得到。",
    ),
    "live_open": ("Open it in Create", "在「創作」打開"),
    "live_nothing_to_keep": (
        "There is nothing to keep yet. Press Start and let it learn a little.",
        "還沒有東西可以存。請先按「開始」，讓它學一會兒。",
    ),
    "live_full": (
        "{most} models are kept here already. Remove one from the folder runs, then keep yours.",
        "這裡已經存了 {most} 個模型。請先從 runs 資料夾刪掉一個，再存你的。",
    ),
    "live_no_space": (
        "The model could not be written. Free some space on this machine, then try again.",
        "模型寫不進去。請先清出一些空間，再試一次。",
    ),
}
