"""The words of the tab Your pictures: (English, Traditional Chinese)."""

OWN = {
    "tab_own": ("Your pictures", "你的圖片"),
    "q_own": ("Can it learn from your pictures?", "它能學會你的圖片嗎？"),
    "lead_own": (
        "Show it pairs: what goes in, and what it should become. A creator (generator) and a critic (discriminator) learn "
        "from them here, in about a minute.",
        "給它看成對的圖：輸入什麼、應該變成什麼。創作家（Generator）和鑑賞家（Discriminator）就在這裡學，大約一分鐘。",
    ),
    # the pairs
    "own_source": ("Pairs", "成對的圖"),
    "own_houses": ("Houses at dusk", "黃昏的房子"),
    "own_towns": ("Town maps", "城鎮地圖"),
    "own_draw": ("Draw", "自己畫"),
    "own_upload": ("Upload", "上傳"),
    "own_choose_files": ("Choose files …", "選擇檔案……"),
    "own_input": ("Input", "輸入"),
    "own_truth": ("Truth", "答案"),
    "own_input_alt": ("Input of pair {number}", "第 {number} 對的輸入"),
    "own_truth_alt": ("What pair {number} should become", "第 {number} 對的答案"),
    "own_example_said": (
        "{count} pairs drawn by code, and {held} more that are held out to test it. Whether a light is on cannot be seen "
        "in the outline: press Train and watch what each loss makes of that.",
        "程式畫的 {count} 對圖，另外保留 {held} 對用來測試。從輪廓看不出燈有沒有亮：按「開始訓練」，看看每種 Loss 怎麼處理。",
    ),
    "own_ready": (
        "{count} pairs. A tenth of them is held out to test it and never trained on.",
        "共 {count} 對。其中十分之一保留下來測試，不會拿來訓練。",
    ),
    "own_small": (
        "{count} pairs. With fewer than {enough} it learns them by heart: expect little of it on a new picture.",
        "共 {count} 對。少於 {enough} 對時它只是背下來，遇到新的圖不要期待太多。",
    ),
    "own_too_few": (
        "{count} of at least {fewest} pairs. Add more.",
        "目前 {count} 對，至少要 {fewest} 對。請再加幾對。",
    ),
    "own_upload_said": (
        "20 to 200 pairs: files with both pictures side by side (input left), a zip of them, or a zip with folders A and B "
        "that hold the same file names. Your pictures stay on this server only while this page is open.",
        "20 到 200 對：左右並排的圖檔（左邊是輸入）、裝著這些檔案的 zip，或是有 A 與 B 兩個資料夾、檔名相同的 zip。"
        "圖片只在這一頁打開的期間留在伺服器上。",
    ),
    "own_left_out": (
        "Left out, because they cannot be read: {count} ({names}).",
        "有 {count} 個讀不出來，先略過（{names}）。",
    ),
    # drawing
    "own_board_a": ("Input: what it will be given", "輸入：它會看到的"),
    "own_board_b": ("Truth: what it should become", "答案：應該變成的"),
    "own_colour": ("Colour", "顏色"),
    "own_white": ("white (eraser)", "白色（橡皮擦）"),
    "own_black": ("black", "黑色"),
    "own_red": ("red", "紅色"),
    "own_orange": ("orange", "橘色"),
    "own_yellow": ("yellow", "黃色"),
    "own_green": ("green", "綠色"),
    "own_blue": ("blue", "藍色"),
    "own_brown": ("brown", "棕色"),
    "own_brush": ("Brush", "筆刷"),
    "own_photo": ("Photo …", "放照片……"),
    "own_trace": ("Show the truth faintly under the input, to trace it", "把答案淡淡墊在輸入下面，方便描圖"),
    "own_add": ("Add this pair", "加入這一對"),
    "own_drop": ("Remove the last", "移除最後一對"),
    # training
    "own_loss": ("What the creator is told (loss)", "告訴創作家什麼（Loss）"),
    "own_all": ("Compare all three", "三種一起比"),
    "own_size": ("Size", "大小"),
    "own_pixels": ("{size} px", "{size} 像素"),
    "own_steps": ("Length", "長度"),
    "own_short": ("half a minute", "半分鐘"),
    "own_medium": ("a minute", "一分鐘"),
    "own_long": ("four minutes", "四分鐘"),
    "own_train": ("Train", "開始訓練"),
    "own_cancel": ("Stop and keep what is there", "停止，保留目前的成果"),
    "own_lengths": (
        "Lengths are meant for 64 px on two free cores; 128 px takes about four times as long, three losses three times.",
        "時間以 64 像素、兩個空閒的核心估計；128 像素大約四倍，三種 Loss 三倍。",
    ),
    "own_starting": ("Getting ready …", "準備中……"),
    "own_waiting": (
        "Others are training now. Yours begins by itself; place in line: {place}. You can leave the line with Stop.",
        "現在有人正在訓練。輪到時會自己開始，目前排第 {place} 位。按「停止」可以離開隊伍。",
    ),
    "own_step": ("{loss}: step {step} of {steps}", "{loss}：第 {step} 步，共 {steps} 步"),
    "own_left": ("about {time} left", "大約還要 {time}"),
    "own_progress": ("Training", "訓練進度"),
    "own_stopping": ("Stopping: what is there is being saved.", "正在停止，目前的成果會保存下來。"),
    "own_stopped": (
        "Stopped after {step} steps. What it had learned is kept below.",
        "練了 {step} 步後停止。學到的留在下面。",
    ),
    "own_done": ("Done after {step} steps. Try it below.", "練完 {step} 步了。在下面試試看。"),
    "own_sheet_said": (
        "Pairs that it never trained on. From above: input, what it makes, truth.",
        "這些是沒有拿來訓練的圖。由上而下：輸入、它的作品、答案。",
    ),
    "own_sheet_alt": (
        "{loss} after {step} steps: inputs, what it makes, truth",
        "{loss} 練了 {step} 步：輸入、作品、答案",
    ),
    "own_error_now": ("Error while training", "訓練中的誤差"),
    "own_curve_pixels": ("Distance to the truth", "與答案的差距"),
    "own_curve_error": ("of its own pairs (MAE)", "練習過的圖（MAE）"),
    "own_curve_unseen": ("of unseen pairs", "沒看過的圖"),
    "own_side_by_side": ("The same inputs, three losses", "同樣的輸入、三種 Loss"),
    "own_compare_alt": (
        "Held-out inputs, what each loss makes of them, and the truth",
        "保留的輸入、每種 Loss 的作品、答案",
    ),
    "own_compare_said": (
        "Same seed, same order of pairs, same steps: only the loss differs.",
        "同一個種子、同樣的順序、同樣的步數：只有 Loss 不同。",
    ),
    # the doctor
    "own_doctor_nan": (
        "A loss is no longer a number, so training stopped. Train again: another length starts another run.",
        "Loss 已經不是數字，所以停止訓練。請再訓練一次，換一個長度就是新的一次。",
    ),
    "own_doctor_critic": (
        "The critic tells real from fake almost without error, so the creator hardly learns from it any more. More pairs help, "
        "or choose GAN + MAE.",
        "鑑賞家幾乎每次都分得出真假，創作家很難再從它學到東西。多給幾對圖會有幫助，或改選 GAN + MAE。",
    ),
    "own_doctor_collapse": (
        "The creator makes nearly the same picture whatever the input is. Choose GAN + MAE, or give it more pairs.",
        "不管輸入什麼，創作家的作品都差不多。請改選 GAN + MAE，或多給幾對圖。",
    ),
    "own_doctor_heart": (
        "It gets better on its own pairs and worse on those it never saw: it learns them by heart. More pairs help most; more "
        "steps do not.",
        "練習過的圖越來越好，沒看過的圖卻越來越差：它在背答案。多給幾對圖最有用，多練幾步沒有用。",
    ),
    "own_doctor_level": (
        "Both losses are level: look at the pictures, and stop if they look right.",
        "兩邊的 Loss 都平穩了：看看作品，覺得合理就可以停。",
    ),
    # afterwards
    "own_try": ("Try it on a new picture", "用新的圖試試"),
    "own_try_said": (
        "Draw on the board or open a picture; the answer follows. It starts with an input that was held out.",
        "在畫板上畫，或打開一張圖，結果會跟著變。一開始是一張保留的輸入。",
    ),
    "own_try_board": ("Drawing board for a new input", "畫新輸入的畫板"),
    "own_open_picture": ("Open a picture …", "打開圖片……"),
    "own_tried_alt": ("What {loss} makes of it", "{loss} 的作品"),
    "own_take": ("Take it along", "帶走它"),
    "own_which": ("Model", "模型"),
    "own_download": ("Download the model (zip)", "下載模型（zip）"),
    "own_downloaded": (
        'Unpacked, it opens with: ganzoo.load("{name}")',
        '解開之後這樣打開：ganzoo.load("{name}")',
    ),
    "own_keep_name": ("Name", "名稱"),
    "own_keep": ("Keep it in runs/", "保存到 runs/"),
    "own_kept": ("Kept as {name}: Zoo and Compare list it now.", "已保存為 {name}，「模型園」和「比較」裡看得到了。"),
    "own_push_repo": ("Repository on the Hub", "Hub 上的儲存庫"),
    "own_push_token": ("Access token", "存取權杖（Access Token）"),
    "own_push_hint": (
        "used once, kept nowhere; empty: this machine's own login",
        "只用一次，不會留下；空白則用這台機器的登入",
    ),
    "own_push_private": ("Private", "不公開"),
    "own_push": ("Push to the Hub", "推送到 Hub"),
    "own_login": ("Log in with Hugging Face", "用 Hugging Face 登入"),
    "own_logged_in": ("Log out ({{}})", "登出（{{}}）"),
    "own_push_said": (
        "The model's card shows your held-out pictures, so whoever may see the repository sees them.",
        "模型卡會顯示保留下來的圖片，能看到儲存庫的人都看得到。",
    ),
    "own_pushed": ("Pushed to {address}", "已推送到 {address}"),
    # trouble
    "own_kinds": (
        "Choose one zip, or pictures with both sides in one file (png, jpg, webp, bmp, gif, tif), not both.",
        "請選一個 zip，或選左右並排的圖檔（png、jpg、webp、bmp、gif、tif），不要混在一起。",
    ),
    "own_many": ("That is {count} pairs. Use at most {most}.", "這樣有 {count} 對。最多 {most} 對。"),
    "own_few": (
        "{count} pairs are too few to learn from. Add more, at least {fewest} in all.",
        "{count} 對太少了，學不起來。請再加，至少要 {fewest} 對。",
    ),
    "own_heavy": (
        "The files are larger than {most} MB together. Make the pictures smaller.",
        "檔案合計超過 {most} MB。請把圖片縮小。",
    ),
    "own_entries": (
        "The zip holds {count} entries, more than {most}. Pack only the pictures.",
        "這個 zip 有 {count} 個項目，超過 {most} 個。請只放圖片。",
    ),
    "own_path": (
        "The zip holds a file that wants to leave its folder ({name}). Pack the pictures again.",
        "這個 zip 裡有檔案想放到資料夾外面（{name}）。請重新打包圖片。",
    ),
    "own_nested": (
        "The zip holds another archive ({name}). Unpack that one first.",
        "這個 zip 裡還有壓縮檔（{name}）。請先把它解開。",
    ),
    "own_bad_zip": (
        "The zip cannot be unpacked: it is damaged, locked with a password or no zip. Pack the pictures again.",
        "這個 zip 打不開：可能損壞、有密碼或根本不是 zip。請重新打包圖片。",
    ),
    "own_large": (
        "{name} has more than {megapixels} megapixels. Make it smaller.",
        "{name} 超過 {megapixels} 百萬像素。請縮小。",
    ),
    "own_gone": ("The upload got lost on the way. Choose the files once more.", "上傳途中遺失了。請再選一次檔案。"),
    "own_alone": (
        "These files have no partner of the same name on the other side: {names}. Rename or remove them.",
        "這些檔案在另一邊沒有同名的夥伴：{names}。請改名或移除。",
    ),
    "own_no_pairs": (
        "There are no picture pairs in it. Put both sides next to each other in one file, or into folders A and B with the same "
        "names.",
        "裡面沒有成對的圖片。請把兩張左右並排成一個檔案，或放進 A 與 B 資料夾並用相同檔名。",
    ),
    "own_not_ab": (
        "{name} is {size}, not two squares side by side (like 512x256). Two separate pictures belong into folders A and B.",
        "{name} 是 {size}，不是左右並排的兩個正方形（例如 512x256）。分開的兩張圖請放進 A 與 B 資料夾。",
    ),
    "own_shape": (
        "{name} and its partner have different shapes. A pair needs one shape.",
        "{name} 和它的夥伴形狀不同。一對圖要一樣的形狀。",
    ),
    "own_unreadable": (
        "{name} cannot be read as a picture. Remove or replace it.",
        "{name} 不是讀得出來的圖片。請移除或換掉。",
    ),
    "own_nothing": (
        "Nothing has been uploaded yet. Choose files first, or take an example.",
        "還沒有上傳任何東西。請先選檔案，或用範例。",
    ),
    "own_choice": ("Choose a loss, a size and a length from the lists.", "請從選項裡選 Loss、大小與長度。"),
    "own_busy": ("Your training is still going on. Stop it first.", "你的訓練還在進行。請先停止。"),
    "own_no_page": ("Open the page first: the work belongs to it.", "請先打開網頁：這些工作屬於那一頁。"),
    "own_full": (
        "Too many visitors work with pictures here right now. Try again in a few minutes.",
        "現在用圖片的人太多了。請過幾分鐘再試。",
    ),
    "own_failed": (
        "The training broke off. Train again; if it happens again, choose another example.",
        "訓練中斷了。請再試一次；若還是這樣，請換另一個範例。",
    ),
    "own_failed_mine": (
        "The training broke off. Train again; if it happens again, choose 64 px or fewer pairs.",
        "訓練中斷了。請再試一次；若還是這樣，請選 64 像素，或減少幾對圖。",
    ),
    "own_broke": (
        "A loss is no longer a number, so training stopped. Train again with other pairs.",
        "Loss 已經不是數字，所以停止訓練。請換一組圖再試。",
    ),
    "own_no_model": ("There is no trained model yet. Train one first.", "還沒有訓練好的模型。請先訓練一個。"),
    "own_name": (
        "A name has letters, digits, dots, dashes and underscores, at most 80. Choose another.",
        "名稱只能用英文字母、數字、點、減號與底線，最多 80 個字。請換一個。",
    ),
    "own_taken": ("runs/{name} is there already. Choose another name.", "runs/{name} 已經存在。請換一個名稱。"),
    "own_disk": (
        "It could not be written to runs/. Free some space or check the folder.",
        "無法寫入 runs/。請清出空間或檢查資料夾。",
    ),
    "own_not_here": (
        "Only a visitor at this very machine can do that. Download the model instead.",
        "只有坐在這台機器前的人可以這樣做。請改用下載。",
    ),
    "own_repo": (
        "A repository is called NAME or USER/NAME, with letters, digits, dots and dashes. Choose another.",
        "儲存庫叫做 NAME 或 USER/NAME，只用英文字母、數字、點與減號。請換一個。",
    ),
    "own_token": (
        "The Hub did not accept the login. Paste a token that can write (huggingface.co, Settings, Access Tokens).",
        "Hub 不接受這個登入。請貼上可以寫入的權杖（huggingface.co 的 Settings、Access Tokens）。",
    ),
    "own_no_login": ("Log in first, with the button above.", "請先用上面的按鈕登入。"),
    "own_not_allowed": (
        "This login may not write to that repository. Use your own user name and a token that can write.",
        "這個登入不能寫入那個儲存庫。請用自己的使用者名稱和可以寫入的權杖。",
    ),
    "own_push_failed": (
        "The push failed on the way. The model is still here: try again, or download it.",
        "推送途中失敗。模型還在這裡：請再試一次，或下載它。",
    ),
    "own_no_hub": (
        "The Hub cannot be reached from here. Download the model, or try again later.",
        "現在連不到 Hub。請先下載模型，或稍後再試。",
    ),
}
