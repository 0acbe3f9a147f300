"""What a data set says about its pictures: columns, key points, masks, and which crops are kept."""
