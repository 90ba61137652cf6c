"""The words of the tab Compare: (English, Traditional Chinese)."""

COMPARE = {
    "tab_compare": ("Compare", "比較"),
    # the bench
    "q_compare": ("Same drawing, same network, three losses.", "同一張圖、同一個網路、三種 Loss。"),
    "lead_compare": (
        "Draw, and the three pictures follow. The three creators (generators) differ in one thing only: what they were "
        "graded on while they learned.",
        "動手畫，三張圖會跟著變。三位創作家（Generator）只差一件事：學習的時候用什麼來評分。",
    ),
    "cmp_family": ("Translate", "翻譯"),
    "cmp_family_facades": ("Facades", "建築立面"),
    "cmp_family_aerial_map": ("Aerial map", "地圖變空照圖"),
    "cmp_surprise": ("Surprise me", "給我驚喜"),
    "cmp_upload": ("Upload a picture", "上傳圖片"),
    "cmp_webcam": ("Webcam", "用鏡頭拍"),
    "cmp_take": ("Take the picture", "拍下來"),
    "cmp_close": ("Close", "關閉"),
    "cmp_example": ("A real pair", "真實的一對"),
    "cmp_no_example": (
        "There is no real pair of this data set on this machine that can be read. Upload one of your own.",
        "這台機器上沒有這個資料集裡讀得到的真實圖片對。請自己上傳一對。",
    ),
    "cmp_share": ("Share as a Space", "分享成 Space"),
    "cmp_share_what": (
        "A Space is this page on the Hugging Face Hub: anybody opens it with a browser, there is nothing to install.",
        "Space 就是放在 Hugging Face Hub 上的這個頁面：任何人用瀏覽器就能打開，不必安裝。",
    ),
    "cmp_share_run": (
        "Run this in the folder of ganzoo. It sends the pages and the models that you see here:",
        "在 ganzoo 的資料夾執行這一行，就會送出這些頁面和這裡的模型：",
    ),
    "cmp_share_needs": (
        "YOU is your name on the Hub. An account is free; log in once with `hf auth login`. To look first at what would "
        "be sent, add `--dry-run`; to keep the Space to yourself, add `--private`.",
        "YOU 換成你在 Hub 的帳號，帳號免費；先登入一次：`hf auth login`。想先看看會送出什麼，加上 `--dry-run`；"
        "只想自己看，加上 `--private`。",
    ),
    "cmp_share_copy": ("Copy the command", "複製指令"),
    "cmp_share_here": (
        "This page is a Space already. A copy of it becomes your own on the Hub:",
        "這個頁面已經是一個 Space。在 Hub 上複製一份，就是你自己的：",
    ),
    "cmp_share_duplicate": ("Duplicate this Space", "複製這個 Space"),
    "cmp_more": ("Other models", "其他模型"),
    "cmp_on_machine": ("On this machine", "這台機器上的"),
    "cmp_choose": ("Choose …", "請選擇……"),
    "cmp_hub": ("From the Hub (user/name)", "從 Hub 取得（user/name）"),
    "cmp_open": ("Open", "打開"),
    "cmp_drawing": ("Drawing", "圖稿"),
    "cmp_board_alt": (
        "Drawing board, {size} by {size} pixels. Drag to draw. With the keyboard: arrow keys move, Enter sets the first "
        "corner of a box and then the second, Escape gives it up.",
        "畫板，{size} × {size} 像素。拖曳就能畫。用鍵盤：方向鍵移動，Enter 定第一個角，再按一次定對角，Esc 放棄。",
    ),
    "cmp_tools": ("Tool", "工具"),
    "cmp_box": ("Box", "方框"),
    "cmp_brush": ("Brush", "筆刷"),
    "cmp_eraser": ("Eraser", "橡皮擦"),
    "cmp_width": ("Brush width", "筆刷粗細"),
    "cmp_undo": ("Undo", "復原"),
    "cmp_clear": ("Clear", "清空"),
    "cmp_palette": ("What the colours mean", "每個顏色代表什麼"),
    "cmp_label_background": ("background", "背景"),
    "cmp_label_facade": ("wall", "牆面"),
    "cmp_label_window": ("window", "窗戶"),
    "cmp_label_door": ("door", "門"),
    "cmp_label_cornice": ("cornice", "簷口"),
    "cmp_label_sill": ("sill", "窗台"),
    "cmp_label_balcony": ("balcony", "陽台"),
    "cmp_label_blind": ("blind", "窗簾"),
    "cmp_label_deco": ("ornament", "裝飾"),
    "cmp_label_molding": ("molding", "線板"),
    "cmp_label_pillar": ("pillar", "柱子"),
    "cmp_label_shop": ("shop", "店面"),
    "cmp_label_land": ("land", "土地"),
    "cmp_label_building": ("building", "房屋"),
    "cmp_label_water": ("water", "水"),
    "cmp_label_vegetation": ("green", "綠地"),
    "cmp_label_road": ("road", "道路"),
    "cmp_label_paper": ("paper", "白紙"),
    "cmp_label_ink": ("ink", "黑墨"),
    "cmp_vary": ("Variations: wake the dropout noise", "變化：喚醒 Dropout 的雜訊"),
    # the three
    "cmp_says_gan": ("Looks at the whole: the right tone, poor details.", "看的是整體：色調對，細節差。"),
    "cmp_says_mae": ("Compares pixel by pixel: the right place, but blurred.", "一點一點比較：位置對，但是模糊。"),
    "cmp_says_both": ("Both at once: the right place and the right tone.", "兩者一起：位置對，色調也對。"),
    "cmp_truth": ("The truth", "真正的答案"),
    "cmp_says_truth": ("What really belongs to this drawing.", "這張圖稿真正的答案。"),
    "cmp_add_truth": ("Add the true picture", "加上真正的答案"),
    "cmp_made_alt": ("What the creator trained with {loss} makes of the drawing", "用 {loss} 訓練的創作家畫出的結果"),
    "cmp_truth_alt": ("The true picture for this drawing", "這張圖稿真正的答案"),
    "cmp_download": ("Download", "下載"),
    "cmp_download_of": ("Download the picture of {loss}", "下載 {loss} 的圖"),
    "cmp_here": ("error here (L1)", "這張的誤差（L1）"),
    "cmp_l_one": ("error (L1)", "誤差（L1）"),
    "cmp_sharpness": ("sharpness", "銳利度"),
    "cmp_tone": ("tone", "色調差"),
    "cmp_recovery": ("labels found", "標籤還原"),
    "cmp_critic": ("the critic says", "鑑賞家評分"),
    "cmp_tested": ("Measured over the test set; bold is the best of the three.", "以整個測試集測量；粗體是三者中最好的。"),
    "cmp_means_l_one": (
        "mean difference per pixel from the truth, 0 to 1; lower is nearer",
        "與真正答案每個像素的平均差，0 到 1，越低越接近",
    ),
    "cmp_means_sharpness": (
        "fine detail compared with real pictures; 1 is just as much",
        "細節的多寡，和真正的圖相比；1 就是一樣多",
    ),
    "cmp_means_tone": (
        "how far the colours are from those of real pictures; lower is closer",
        "整體顏色離真正的圖多遠；越低越像",
    ),
    "cmp_means_recovery": (
        "how much of the drawing a network can read back from the picture",
        "另一個網路能從結果讀回多少原來的圖稿",
    ),
    "cmp_means_critic": (
        "mean opinion of the critic (discriminator) of {loss} on this picture: 0 fake, 1 real",
        "{loss} 的鑑賞家（Discriminator）對這張圖的平均看法：0 假、1 真",
    ),
    "cmp_took": ("Made in {ms} ms on this machine", "在這台機器上花了 {ms} 毫秒"),
    "cmp_missing": (
        "There is no model with this loss here. Train it: python train/pix2pix.py --loss all",
        "這裡沒有用這種 Loss 訓練的模型。訓練一個：python train/pix2pix.py --loss all",
    ),
    # notes
    "cmp_split": (
        "Read as a pair side by side: the {side} half is the drawing, the other half the truth.",
        "當成左右並排的一對：{side}半邊是圖稿，另外半邊是真正的答案。",
    ),
    "cmp_left": ("left", "左"),
    "cmp_right": ("right", "右"),
    "cmp_squared": ("The middle square of the picture is used.", "使用圖片中間的正方形。"),
    "cmp_no_labels": (
        "The models expect the colours of the palette; here they see other colours and do what they can.",
        "模型看得懂的是調色盤裡的顏色；這裡是別的顏色，它們只能盡力而為。",
    ),
    "cmp_white_sheet": (
        "No drawing by code fits this model: draw, or upload a picture.",
        "程式沒有適合這個模型的圖稿：請動手畫，或上傳圖片。",
    ),
    # two of them
    "q_cmp_two": ("Where do two of them differ?", "兩張圖差在哪裡？"),
    "lead_cmp_two": ("Drag the line across any two pictures.", "選兩張圖，拖曳中間的線來比較。"),
    "cmp_first": ("Left", "左邊"),
    "cmp_second": ("Right", "右邊"),
    "cmp_slide": ("How much of the left picture is seen", "左邊的圖露出多少"),
    "cmp_apart": ("Mean difference per pixel between the two: {value}", "兩張圖每個像素的平均差：{value}"),
    # the critic's patches
    "q_cmp_heat": ("What does the critic think of every patch?", "鑑賞家怎麼看每一塊？"),
    "lead_cmp_heat": (
        "A PatchGAN critic gives no single grade but one for every patch. Click the picture to see the patch behind a "
        "score, or move with the arrow keys.",
        "PatchGAN 的鑑賞家不只給一個分數，而是每一塊各給一個。點一下圖，看看那個分數看到的是哪一塊；也可以用方向鍵移動。",
    ),
    "cmp_judged": ("Picture", "圖片"),
    "cmp_judge": ("Critic of", "鑑賞家"),
    "cmp_heat_on": ("Show the scores as colours", "用顏色顯示評分"),
    "cmp_stretch": ("Spread the colours from the lowest to the highest score", "把顏色從最低分拉開到最高分"),
    "cmp_lowest": ("{value} lowest", "最低 {value}"),
    "cmp_highest": ("{value} highest", "最高 {value}"),
    "cmp_heat_alt": ("The critic's scores on the picture; arrow keys choose a patch", "鑑賞家的評分，疊在圖上；方向鍵選一塊"),
    "cmp_fake": ("0 fake", "0 假"),
    "cmp_real": ("1 real", "1 真"),
    "cmp_patch_alt": ("The patch that this score has seen, enlarged", "這個分數看到的那一塊，放大"),
    "cmp_patch": (
        "Row {row}, column {column}: the critic gives {score}. It has seen {width} × {height} pixels.",
        "第 {row} 列、第 {column} 行：鑑賞家給 {score} 分。它看到 {width} × {height} 個像素。",
    ),
    "cmp_patch_edge": (
        "Row {row}, column {column}: the critic gives {score}. It has seen {width} × {height} pixels; the rest of its "
        "field of {field} × {field} lies beyond the edge.",
        "第 {row} 列、第 {column} 行：鑑賞家給 {score} 分。它看到 {width} × {height} 個像素；"
        "{field} × {field} 視野的其餘部分在邊緣之外。",
    ),
    "cmp_no_critic": (
        "These models came without a critic. Choose a family whose GAN + MAE model has one.",
        "這些模型沒有附上鑑賞家。請選一組 GAN + MAE 模型附有鑑賞家的。",
    ),
    # the blind round
    "q_cmp_blind": ("Which one would you take for a photo?", "你會把哪一張當成照片？"),
    "lead_cmp_blind": (
        "A fresh drawing, the three losses in random order. Choose, then see which loss it was.",
        "一張新的圖稿，三種 Loss 隨機排列。選一張，再看看它是哪一種。",
    ),
    "cmp_blind_pick": ("Choose {letter}", "選 {letter}"),
    "cmp_blind_drawing_alt": ("The drawing of this round", "這一輪的圖稿"),
    "cmp_blind_said": ("You chose {loss}.", "你選的是 {loss}。"),
    "cmp_blind_next": ("Next round", "下一輪"),
    "cmp_tally": ("Your choices so far", "到目前為止的選擇"),
    "cmp_tally_reset": ("Start the tally again", "重新計數"),
    "cmp_blind_few": (
        "A blind round needs at least two losses of a family. Choose Facades or Aerial map.",
        "盲測至少需要同一組的兩種 Loss。請選「建築立面」或「地圖變空照圖」。",
    ),
    # trouble, each with its remedy
    "cmp_request": ("That request was not understood. Load the page again.", "看不懂這個要求。請重新載入頁面。"),
    "cmp_no_picture": (
        "This is no picture that can be read. Try a PNG, JPEG, WebP, GIF or TIFF file.",
        "讀不出這張圖。請試試 PNG、JPEG、WebP、GIF 或 TIFF 檔。",
    ),
    "cmp_too_large": (
        "This picture is too large. Use one of at most {megapixels} million pixels and 10 MB.",
        "這張圖太大了。請用不超過 {megapixels} 百萬像素、10 MB 的圖。",
    ),
    "cmp_no_camera": (
        "No camera can be used here. Allow it in the browser, or upload a picture.",
        "這裡沒有可以用的鏡頭。請在瀏覽器允許使用，或上傳圖片。",
    ),
    "cmp_no_answer": (
        "The server does not answer. Check that it still runs, then draw again.",
        "伺服器沒有回應。請確認它還在執行，然後再畫一次。",
    ),
    "cmp_no_hub": (
        "{name} could not be fetched from the Hub. Check the name and the network; the models on this machine still work.",
        "無法從 Hub 取得 {name}。請檢查名稱與網路；這台機器上的模型仍然可以使用。",
    ),
    "cmp_hub_large": ("{name} is larger than {most} MB. Choose a smaller model.", "{name} 超過 {most} MB。請選小一點的模型。"),
    "cmp_fetching": ("Fetching from the Hub …", "正在從 Hub 下載……"),
    "cmp_not_pairs": (
        "{name} does not translate pictures. Choose a Pix2Pix model.",
        "{name} 不會翻譯圖片。請選 Pix2Pix 模型。",
    ),
    # the zoo's words for these models
    "lesson_pix2pix": ("Pix2Pix", "Pix2Pix 圖像翻譯"),
    "zoo_fetched": ("from the Hub", "來自 Hub"),
    "zoo_compare": ("Open in Compare", "在「比較」打開"),
    "cmp_link_short": ("Copied, without your own picture", "已複製（不含你的圖）"),
}  # fmt: skip
