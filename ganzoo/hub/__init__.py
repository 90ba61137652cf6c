"""The Hugging Face Hub: find models, fetch them, push them."""
