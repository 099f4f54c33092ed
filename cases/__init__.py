"""A case 办件 and its life: form, answers, materials, deadlines, history, documents."""
